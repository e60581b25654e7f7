"""The functions that change their signature together: a method, what overrides it, protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking.things import Class, External, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.program import Program

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_ALONE = frozenset({"__init__", "__call__"})


class Families:
    """Finds families."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._program: Program = workspace.program
        self._units = workspace.program.units
        self._classes = workspace.program.evaluator.classes

    def of(self, function: ScopeRef) -> tuple[ScopeRef, ...]:
        """Return a function and those that have to take the same parameters.

        Raises Refused where foreign code may call the function by what it overrides.
        """
        cls = self._classes.class_of(function)
        name = self._units.scope(function).name
        if cls is None or name in _ALONE:
            return (function,)
        if name.startswith("__") and name.endswith("__"):
            raise Refused(f"Python itself calls {self._workspace.name(function)}")
        classes = self._related(cls, name)
        for other in classes:
            self._check_open(other, function)
        members = tuple(m for c in sorted(classes) for m in self._own(c, name))
        self._check_doubles(function, classes, members)
        return members

    def _related(self, cls: ScopeRef, name: str) -> set[ScopeRef]:
        """Return the classes above and below a class, and those that share a protocol with it."""
        found: set[ScopeRef] = set()
        pending = [cls]
        while pending:
            current = pending.pop()
            if current in found:
                continue
            found.add(current)
            pending += self._classes.subclasses.get(current, ())
            pending += [b.ref for b in self._bases(current) if name in self._all_names(b.ref)]
            pending += self._sharing(current, name)
        return found

    def _bases(self, cls: ScopeRef) -> Iterator[Class]:
        return (b for b in self._classes.order(cls)[1:] if isinstance(b, Class))

    def _sharing(self, cls: ScopeRef, name: str) -> Iterator[ScopeRef]:
        """Yield the protocols that a class fulfils, or the classes that fulfil a protocol."""
        own = self._all_names(cls)
        for ref, scope in self._program.scopes:
            if scope.kind != "class" or ref == cls or name not in self._all_names(ref):
                continue
            fulfils = self._is_protocol(cls) and self._demands(cls) <= self._all_names(ref)
            if fulfils or (self._is_protocol(ref) and self._demands(ref) <= own):
                yield ref

    def _is_protocol(self, cls: ScopeRef) -> bool:
        return any(
            isinstance(base, External) and base.name in _PROTOCOLS
            for base in self._classes.order(cls)
        ) and not any(self._own_body(b.ref) for b in (Class(cls), *self._bases(cls)))

    def _own_body(self, cls: ScopeRef) -> bool:
        """Return whether a class does anything by itself, so that it is no mere protocol."""
        inside = [self._units.scope(ref) for ref in self._units.inside(cls)]
        return any(scope.kind == "function" and not scope.is_stub for scope in inside)

    def _demands(self, cls: ScopeRef) -> set[str]:
        return {name for name in self._all_names(cls) if not name.startswith("__")}

    def _all_names(self, cls: ScopeRef) -> set[str]:
        found: set[str] = set()
        for base in (Class(cls), *self._bases(cls)):
            scope = self._units.scope(base.ref)
            found.update(scope.bindings, (field.name for field in scope.fields))
        return found

    def _own(self, cls: ScopeRef, name: str) -> Iterator[ScopeRef]:
        for ref in self._units.inside(cls):
            scope = self._units.scope(ref)
            if scope.kind == "function" and scope.name == name:
                yield ref

    def _check_open(self, cls: ScopeRef, function: ScopeRef) -> None:
        if self._classes.is_open(cls) and not self._is_protocol(cls):
            where = self._workspace.where(cls)
            name = self._workspace.name(function)
            raise Refused(
                f"the class in {where} has bases outside of the project, which may call {name}"
            )

    def _check_doubles(
        self, function: ScopeRef, classes: set[ScopeRef], members: tuple[ScopeRef, ...]
    ) -> None:
        """Refuse where a test has a class that stands in for this one."""
        name = self._units.scope(function).name
        signatures = {self._parameters(member) for member in members}
        for ref, scope in self._program.scopes:
            cls = self._classes.class_of(ref) if scope.name == name else None
            if cls is None or cls in classes or not self._program.is_test(ref.path):
                continue
            if self._parameters(ref) in signatures:
                where = self._workspace.where(ref)
                raise Refused(f"{where} stands in for {self._workspace.name(function)} in tests")

    def _parameters(self, function: ScopeRef) -> tuple[str, ...]:
        return tuple(p.name for p in self._units.scope(function).parameters)
