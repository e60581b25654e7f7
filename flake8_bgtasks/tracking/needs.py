"""Which functions fail without their `BackgroundTasks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.parameters import Parameters, TasksParameter
from flake8_bgtasks.tracking.switches import is_switched
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.tracking.binding import Site


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
        held = self._program.links.held_by(scope, name)
        return self._is_used(held, even_guarded=even_guarded)

    def needs_at_once(self, site: Site, name: str) -> bool:
        """Return whether a new object keeps what a parameter holds, and its method needs it."""
        return self._is_used(self._read_at_once(site, name))

    def _read_at_once(self, site: Site, name: str) -> list[NodeRef]:
        """Return where the method in `Service(name).run()` reads what the constructor keeps.

        Any question about it may keep it from being used: there are no reads then.
        """
        kept, method = self._kept_as(site.function, name), self._called_on(site.call)
        if kept is None or method is None or not self._units.scope(method).parameters:
            return []
        me = self._program.links.parameters.get(
            (method, self._units.scope(method).parameters[0].name)
        )
        reads = [
            read
            for read in self._program.links.attributes.get(kept, ())
            if me is not None and read._replace(node=self._attribute(read).base) == me
        ]
        return reads if all(map(self._is_unquestioned, reads)) else []

    def _kept_as(self, constructor: ScopeRef, name: str) -> str | None:
        """Return the attribute that holds a parameter of a constructor, and never anything else."""
        node = self._program.links.parameters.get((constructor, name))
        cls = self._units.parent(constructor)
        if node is None or cls is None or self._units.scope(constructor).name != "__init__":
            return None
        for _, event in self._units.users(node).events.get(node.node, ()):
            if isinstance(event, facts.StoredAttribute) and self._is_set_once(cls, event.name):
                base = self._units.node(node._replace(node=event.base))
                is_own = isinstance(base, facts.Parameter) and base.name != name
                return event.name if is_own and not self._is_defined(cls, event.name) else None
        return None

    def _is_set_once(self, cls: ScopeRef, name: str) -> bool:
        return len(self._units.stored(cls, name)) == 1

    def _is_defined(self, cls: ScopeRef, name: str) -> bool:
        return name in self._units.scope(cls).bindings

    def _called_on(self, made: NodeRef) -> ScopeRef | None:
        """Return the method that is called on a new object, the only thing done with it."""
        users = self._units.using(made)
        is_changed = made.node in self._units.users(made).stores
        calls = self._units.using(users[0]) if len(users) == 1 and not is_changed else []
        sites, complete = self._program.binder.sites(calls[0]) if len(calls) == 1 else ((), False)
        if complete and len(sites) == 1 and sites[0].how == "call" and sites[0].bound == 1:
            return sites[0].function
        return None

    def _is_unquestioned(self, read: NodeRef) -> bool:
        """Return whether nothing is done with a value but to use it or to hand it on."""
        users = [self._units.node(user) for user in self._units.using(read)]
        inner = self._program.links.reads.get(read, ())
        plain = (facts.Attribute, facts.Call)
        return bool(users or inner) and all(isinstance(user, plain) for user in users)

    def _attribute(self, ref: NodeRef) -> facts.Attribute:
        node = self._units.node(ref)
        assert isinstance(node, facts.Attribute)
        return node

    def _is_used(self, held: Iterable[NodeRef], *, even_guarded: bool = False) -> bool:
        pending = list(held)
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
        return self._units.is_caught(ref)

    def _is_switched(self, ref: NodeRef) -> bool:
        """Return whether another optional parameter decides whether the value is used."""
        held = self._units.node(ref._replace(node=self._attribute(ref).base))
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
                    yield from self._read_at_once(site, parameter.name)
