"""What may be a function although nobody can tell: names and attributes of unknown objects."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.tables import dynamic_calls, named
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Instance, Module, NodeRef, ScopeRef, Unknown

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing


class Unresolved:
    """Looks for what isn't known."""

    def __init__(self, workspace: Workspace, program: Program) -> None:
        self._workspace = workspace
        self._program = program
        self._units = program.units

    def check(self, function: ScopeRef, names: frozenset[str]) -> None:
        """Raise Refused where something that isn't known may be a function that goes by `names`."""
        self._check_unknown(function, names)
        self._check_dynamic(function)
        self._check_globals(function)

    def _check_unknown(self, function: ScopeRef, names: frozenset[str]) -> None:
        """Refuse where something of the function's name may be it."""
        is_method = self._program.evaluator.classes.class_of(function) is not None
        places = self._program.once(named)
        for ref, node in sorted((p for n in names for p in places.get(n, ())), key=itemgetter(0)):
            unknown = Unknown() in self._program.value(ref)
            if unknown and (is_method or self._may_be_module(ref, node)):
                name, where = self._workspace.name(function), self._workspace.where(ref)
                raise Refused(f"it is not known whether {where} means {name}")

    def _may_be_module(self, ref: NodeRef, node: facts.Node) -> bool:
        """Return whether an attribute may be a module's: its base is a name that isn't known."""
        if not isinstance(node, facts.Attribute):
            return not self._is_other(ref, node)
        base = self._units.node(ref._replace(node=node.base))
        if isinstance(base, facts.Call):
            called = self._program.value(ref._replace(node=base.function))
            return any("import" in getattr(thing, "name", "") for thing in called)
        return isinstance(base, facts.Imported)

    def _is_other(self, ref: NodeRef, node: facts.Node) -> bool:
        """Return whether a name that isn't known is a variable of an enclosing function."""
        name = getattr(node, "name", None) or ""
        return isinstance(node, facts.Free) and bool(self._program.evaluator.bindings_of(ref, name))

    def _check_dynamic(self, function: ScopeRef) -> None:
        """Refuse where a function is got by a name that is made when the program runs."""
        for ref, call in self._program.once(dynamic_calls):
            if self._may_get(ref, call, function):
                name, where = self._workspace.name(function), self._workspace.where(ref)
                raise Refused(f"{where} may get {name} by a name that is made at run time")

    def _check_globals(self, function: ScopeRef) -> None:
        for line in self._workspace.syntax.known(function.path).asks_for_globals:
            name, where = self._workspace.name(function), f"{function.path}:{line}"
            raise Refused(f"{where} may get {name} by a name that is made at run time")

    def _may_get(self, ref: NodeRef, call: facts.Call, function: ScopeRef) -> bool:
        values = [ref._replace(node=a.value) for a in call.arguments]
        if any(isinstance(self._units.node(v), facts.Constant) for v in values[1:2]):
            return False
        cls = self._program.evaluator.classes.class_of(function)
        return any(
            self._is_home(thing, function, cls)
            for v in values[:1]
            for thing in self._program.value(v)
        )

    def _is_home(self, thing: Thing, function: ScopeRef, cls: ScopeRef | None) -> bool:
        """Return whether a thing is what a function is an attribute of."""
        if isinstance(thing, Module):
            return cls is None and thing.path == function.path
        owner = thing.cls if isinstance(thing, Instance) else thing
        if cls is None or not isinstance(owner, Class):
            return False
        order = self._program.evaluator.classes.order
        return Class(cls) in order(owner.ref) or owner in order(cls)
