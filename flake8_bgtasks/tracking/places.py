"""Where code could get a `BackgroundTasks` injected, or handed over from a function that does."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.roles import INJECTED
from flake8_bgtasks.tracking.things import Class, NodeRef, ScopeRef
from flake8_bgtasks.tracking.uninjected import is_of_framework
from flake8_bgtasks.tracking.wrappers import has_wraps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.roles import Kind, Role

_ASGI = ("scope", "receive", "send")


class Places:
    """Judges functions."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units

    def of(self, ref: NodeRef) -> ScopeRef:
        """Return the function that a node belongs to, or in whose signature it stands."""
        return self._declaring.get(ref) or self._program.function_around(ref)

    @cached_property
    def _declaring(self) -> dict[NodeRef, ScopeRef]:
        """The functions in whose signatures nodes stand."""
        return dict(self._signatures())

    def _signatures(self) -> Iterator[tuple[NodeRef, ScopeRef]]:
        for ref, scope in self._program.scopes:
            roots = [p.annotation for p in scope.parameters] + [scope.returns]
            types = [NodeRef(ref.path, ref.unit, root) for root in roots if root is not None]
            for node, _ in self._units.made_of(*types):
                yield node, ref

    def can_be_injected(self, ref: ScopeRef) -> bool:
        """Return whether a request's `BackgroundTasks` can get to a scope.

        Where it isn't known who calls a function, the answer is whether its module uses FastAPI.
        """
        if self._is_apart(ref):
            return False
        kinds = self._reached_as(ref)
        if kinds:
            return not INJECTED.isdisjoint(kinds)
        return self._imports_fastapi(ref.path) and not self._program.is_test(ref.path)

    def is_decided(self, ref: ScopeRef) -> bool:
        """Return whether it is known who calls a function."""
        return self._program.is_test(ref.path) or self._is_apart(ref) or bool(self._reached_as(ref))

    def _is_apart(self, ref: ScopeRef) -> bool:
        """Return whether a scope is part of what nothing is injected into.

        That is middleware, a handler, a response, an ASGI app, or what a decorator wraps around.
        """
        for scope_ref in (ref, *self._units.above(ref)):
            scope = self._units.scope(scope_ref)
            kinds = self._kinds(scope_ref)
            if kinds:
                return INJECTED.isdisjoint(kinds)
            if scope.kind == "class" and self._program.is_response_class(Class(scope_ref)):
                return True
            if tuple(p.name for p in scope.parameters)[-3:] == _ASGI:
                return True
            if has_wraps(self._program, scope_ref):
                return True
        return False

    def _reached_as(self, ref: ScopeRef) -> frozenset[Kind]:
        """Return what the framework calls the functions as from which calls get to a scope."""
        found: set[Kind] = set()
        queue, seen = deque([ref]), {ref}
        while queue:
            current = queue.popleft()
            found |= self._kinds(current)
            for caller in self._callers(current):
                if caller not in seen:
                    seen.add(caller)
                    queue.append(caller)
        return frozenset(found)

    def _kinds(self, ref: ScopeRef) -> frozenset[Kind]:
        """Return what a function surely is: an unknown router in a file without FastAPI is none."""
        roles = self._program.roles.of(ref)
        sure = [r for r in roles if r.kind not in INJECTED or self._is_fastapis(ref, r)]
        return frozenset(role.kind for role in sure)

    def _is_fastapis(self, ref: ScopeRef, role: Role) -> bool:
        paths = {ref.path} if role.where is None else {ref.path, role.where.path}
        return any(map(self._imports_fastapi, paths)) or (
            role.where is not None and is_of_framework(self._program, role.where)
        )

    def _callers(self, ref: ScopeRef) -> Iterator[ScopeRef]:
        for site in self._program.sites_of.get(ref, ()):
            yield self._program.function_around(site.call)
        parent = self._units.parent(ref)
        if parent is not None and self._units.scope(parent).kind in ("function", "lambda"):
            yield parent

    def _imports_fastapi(self, path: str) -> bool:
        outline = self._program.files.outline(path)
        imports = outline.imports if outline is not None else ()
        return any(item.module.partition(".")[0] == "fastapi" for item in imports)
