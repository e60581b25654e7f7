"""Which functions fail without their `BackgroundTasks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.parameters import Parameters, TasksParameter
from flake8_bgtasks.tracking.switches import is_switched
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator


class Needs(Parameters):
    """Finds out whether a parameter is used without a look at whether it is None."""

    def is_required(self, parameter: TasksParameter) -> bool:
        """Return whether a function fails when the parameter is left out."""
        default = parameter.declared.default
        if default is None:
            return True
        ref = NodeRef(parameter.scope.path, parameter.scope.unit, default)
        if self.is_none(ref):
            return self.needs(parameter.scope, parameter.name)
        if self._program.is_depends(ref):
            return self.needs(parameter.scope, parameter.name, even_guarded=True)
        return False

    def needs(self, scope: ScopeRef, name: str, *, even_guarded: bool = False) -> bool:
        """Return whether a function uses what a parameter holds without asking whether it is None.

        `even_guarded`: whether it uses it at all (a guard does not help against a `Depends`).
        """
        pending = list(self._program.links.held_by(scope, name))
        seen = set(pending)
        while pending:
            current = pending.pop()
            for following in self._needed_by(current, even_guarded=even_guarded):
                if following is None:
                    return True
                if following not in seen:
                    seen.add(following)
                    pending.append(following)
        return False

    def _needed_by(self, ref: NodeRef, *, even_guarded: bool) -> Iterator[NodeRef | None]:
        """Yield the nodes that hold the same value; None where the value is used."""
        for user in self._units.using(ref):
            node = self._units.node(user)
            match node:
                case facts.Attribute(name="add_task" | "tasks"):
                    if even_guarded or not (self._is_caught(user) or self._is_switched(user)):
                        yield None
                case facts.Narrowed(is_none=False) if even_guarded:
                    yield user
                case facts.Choice(kind="join") if even_guarded:
                    yield user
                case facts.Call(function=function) if function != ref.node:
                    yield from self._passed_on(ref, user)
        for read in self._program.links.reads.get(ref, ()):
            if not self._is_rebound(ref):
                yield read

    def _is_caught(self, ref: NodeRef) -> bool:
        """Return whether the code handles that a value has no such attribute."""
        ranges = self._units.get(ref.path, ref.unit).caught
        return any(first <= ref.node < end for first, end in ranges)

    def _is_switched(self, ref: NodeRef) -> bool:
        """Return whether another optional parameter decides whether the value is used."""
        base = self._units.node(ref)
        assert isinstance(base, facts.Attribute)
        held = self._units.node(ref._replace(node=base.base))
        name = held.name if isinstance(held, facts.Parameter) else ""
        return is_switched(self._units, ref, name)

    def _is_rebound(self, ref: NodeRef) -> bool:
        """Return whether the parameter gets other values too (an inner function may see those)."""
        scope = self._units.scope(self._units.owner(ref))
        return any(ref.node in nodes and len(nodes) > 1 for nodes in scope.bindings.values())

    def _passed_on(self, ref: NodeRef, call: NodeRef) -> Iterator[NodeRef]:
        sites, complete = self._program.binder.sites(call)
        for site in sites if complete and len(sites) == 1 else ():
            for argument in site.arguments:
                parameter = self._program.binder.parameter_of(site, argument)
                if argument.value == ref and parameter is not None:
                    yield from self._program.links.held_by(site.function, parameter.name)
