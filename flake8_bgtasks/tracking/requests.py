"""Which functions work on one request: a path operation and everything it depends on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


class Requests:
    """Finds the dependencies of functions: in signatures, and in `dependencies=[…]`."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units
        self._kept: dict[ScopeRef, frozenset[ScopeRef]] = {}

    def dependencies(self, scope: ScopeRef) -> frozenset[ScopeRef]:
        """Return the functions that FastAPI calls before a function, over all levels."""
        if scope not in self._kept:
            pending, seen = [*self._listed(scope), *self._declared.get(scope, ())], {scope}
            while pending:
                current = pending.pop()
                if current not in seen:
                    seen.add(current)
                    pending += self._declared.get(current, ())
            self._kept[scope] = frozenset(seen - {scope})
        return self._kept[scope]

    def serve_websockets(self, scope: ScopeRef) -> bool:
        """Return whether a function is a WebSocket route or a dependency of one."""
        return "websocket" in self._served(scope)

    def serve_http(self, scope: ScopeRef) -> bool:
        """Return whether a function is a path operation or may be a dependency of one."""
        served = self._served(scope)
        return "route" in served or ("dependency" in served and "websocket" not in served)

    def _served(self, scope: ScopeRef) -> frozenset[str]:
        """Return the roles of a function, and of those that depend on it."""
        return frozenset(
            kind for other in self.beside(scope) for kind in self._program.roles.kinds(other)
        )

    def beside(self, scope: ScopeRef) -> frozenset[ScopeRef]:
        """Return the functions that FastAPI calls in the same requests, this one included."""
        return self._groups.get(scope, frozenset()) | {scope} | self.dependencies(scope)

    @cached_property
    def _groups(self) -> dict[ScopeRef, frozenset[ScopeRef]]:
        found: dict[ScopeRef, frozenset[ScopeRef]] = {}
        for route in sorted(self._program.roles.injected):
            dependencies = self.dependencies(route)
            for dependency in dependencies:
                found[dependency] = found.get(dependency, frozenset()) | dependencies | {route}
        return found

    @cached_property
    def _providers(self) -> dict[NodeRef, list[ScopeRef]]:
        """The functions that each `Depends(…)` names."""
        found: dict[NodeRef, list[ScopeRef]] = {}
        for function, calls in self._program.roles.dependants.items():
            for call in calls:
                found.setdefault(call, []).append(function)
        return found

    @cached_property
    def _declared(self) -> dict[ScopeRef, list[ScopeRef]]:
        """The functions that each function's own signature names."""
        found: dict[ScopeRef, list[ScopeRef]] = {}
        for call, parameters in self._program.injections.items():
            for scope, _ in parameters:
                found.setdefault(scope, []).extend(self._providers.get(call, ()))
        return found

    def _listed(self, scope: ScopeRef) -> Iterator[ScopeRef]:
        """Yield what `dependencies=[…]` of a route, of its router or of an app names."""
        for role in self._program.roles.of(scope):
            if role.where is not None and role.kind in ("route", "websocket"):
                for call in (role.where, *self._around(role.where)):
                    yield from self._in_list(call)

    def _in_list(self, ref: NodeRef) -> Iterator[ScopeRef]:
        call = self._units.node(ref)
        for argument in call.arguments if isinstance(call, facts.Call) else ():
            if argument.keyword == "dependencies":
                for item in self._items(ref._replace(node=argument.value)):
                    for source in self._program.evaluator.sources(item):
                        yield from self._providers.get(source, ())

    def _items(self, ref: NodeRef) -> Iterator[NodeRef]:
        for source in self._program.evaluator.sources(ref):
            node = self._units.node(source)
            items = node.items if isinstance(node, facts.Collection) else ()
            yield from (source._replace(node=item) for item in items)

    def _around(self, where: NodeRef) -> tuple[NodeRef, ...]:
        """Return the calls that make the router of a route, those around it and their app.

        Also the calls that include one in the other. Another app of the project is none of these.
        """
        pending = list(self._makers(where))
        found = dict.fromkeys(pending)
        while pending:
            made = pending.pop()
            for inclusion in self._inclusions.get(made, ()):
                for call in (inclusion, *self._makers(inclusion)):
                    if call not in found:
                        found[call] = None
                        pending.append(call)
        return tuple(found)

    def _makers(self, where: NodeRef) -> Iterator[NodeRef]:
        call = self._units.node(where)
        method = (
            self._units.node(where._replace(node=call.function))
            if isinstance(call, facts.Call)
            else None
        )
        if isinstance(method, facts.Attribute):
            yield from self._program.evaluator.sources(where._replace(node=method.base))

    @cached_property
    def _inclusions(self) -> dict[NodeRef, list[NodeRef]]:
        """For the call that makes a router, the calls of `include_router` that it is handed to."""
        found: dict[NodeRef, list[NodeRef]] = {}
        for ref, call in self._program.calls:
            method = self._units.node(ref._replace(node=call.function))
            if isinstance(method, facts.Attribute) and method.name == "include_router":
                for argument in call.arguments[:1]:
                    for made in self._program.evaluator.sources(ref._replace(node=argument.value)):
                        found.setdefault(made, []).append(ref)
        return found
