"""From the linked program and its findings to the graph."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from flake8_bgtasks.picture.graph import Edge, Graph, Node, leading_to
from flake8_bgtasks.picture.marks import Marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.picture.graph import EdgeKind
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def build(program: Program, findings: Iterable[Finding], paths: Collection[str]) -> Graph:
    """Return all that leads to a task added in one of `paths`, or to a finding, but no tests.

    And to the dependencies that FastAPI hands an instance, which may only keep it for the route.
    """
    return _Builder(program, findings).graph(paths)


class _Builder:
    def __init__(self, program: Program, findings: Iterable[Finding]) -> None:
        self._program = program
        self._marks = Marks(program, findings)
        self._function = cache(self._make_function)

    def graph(self, paths: Collection[str]) -> Graph:
        calls = (added for added in self._program.added.calls if added.call.path in paths)
        adding = [edge for added in calls for edge in self._adding(added)]
        others = (*self._serving(), *self._depending(), *self._calling())
        ends = {edge.target for edge in adding}
        ends |= {self._function(scope) for scope in self._marks.functions}
        ends |= {self._function(scope) for scope in self._providers() if scope.path in paths}
        return leading_to(ends, (*adding, *others))

    def _providers(self) -> Iterator[ScopeRef]:
        """Yield the dependencies that take an instance."""
        for scope in self._program.roles.dependants:
            if self._takes(scope) and not self._program.is_test(scope.path):
                yield scope

    def _takes(self, scope: ScopeRef) -> bool:
        return any(True for _ in self._program.instances.parameters(scope))

    def _make_function(self, ref: ScopeRef) -> Node:
        scope = self._program.units.scope(ref)
        label = scope.qualname or ref.path
        codes = self._marks.in_function(ref)
        return Node("function", label, ref.path, scope.span.line, self._mode(ref), codes)

    def _mode(self, ref: ScopeRef) -> str:
        scope = self._program.units.scope(ref)
        if scope.kind not in ("function", "lambda"):
            return ""
        return "async" if scope.is_async else "sync"

    def _edge(
        self, source: Node, target: Node, kind: EdgeKind, where: NodeRef, *, injects: bool = False
    ) -> Edge:
        span = self._program.span(where)
        codes = self._marks.at(where.path, span)
        return Edge(source, target, kind, where.path, span.line, span.column, injects, codes)

    def _injecting(
        self, source: Node, scope: ScopeRef, kind: EdgeKind, where: NodeRef, *, can: bool = True
    ) -> Edge:
        """Make a step to a function that FastAPI calls; what its parameters lack is lost here."""
        takes = can and self._takes(scope)
        edge = self._edge(source, self._function(scope), kind, where, injects=takes)
        return replace(edge, codes=(*edge.codes, *self._marks.of_injection(scope)))

    def _serving(self) -> Iterator[Edge]:
        for scope, _ in self._program.scopes:
            for role in self._program.roles.of(scope):
                if role.kind != "dependency" and role.where is not None:
                    span = self._program.span(role.where)
                    route = Node("route", role.label, role.where.path, span.line)
                    can = role.kind in ("route", "websocket")
                    yield self._injecting(route, scope, "serves", role.where, can=can)

    def _depending(self) -> Iterator[Edge]:
        """Yield what signatures name, then what only `dependencies=[…]` can have named."""
        direct: dict[ScopeRef, set[ScopeRef]] = {}
        for scope, calls in self._program.roles.dependants.items():
            for call in calls:
                for function, _ in self._program.injections.get(call, ()):
                    direct.setdefault(function, set()).add(scope)
                    yield self._depends(function, scope, call)
        for function in sorted(self._program.roles.injected):
            listed = self._program.requests.dependencies(function) - _reached(function, direct)
            for scope in sorted(listed - _reached_from(listed, direct)):
                yield self._depends(function, scope, self._program.roles.dependants[scope][0])

    def _depends(self, function: ScopeRef, scope: ScopeRef, where: NodeRef) -> Edge:
        return self._injecting(self._function(function), scope, "depends", where)

    def _calling(self) -> Iterator[Edge]:
        for site in self._program.sites:
            if site.how != "task" and not self._program.is_test(site.call.path):
                caller = self._function(self._program.function_around(site.call))
                handed = any(self._program.added.holds_tasks(a.value) for a in site.arguments)
                called = self._function(site.function)
                yield self._edge(caller, called, "calls", site.call, injects=handed)

    def _adding(self, added: Added) -> Iterator[Edge]:
        source = self._function(self._program.added.around(added))
        for task in self._tasks(added):
            yield self._edge(source, task, "adds", added.call)

    def _tasks(self, added: Added) -> Iterable[Node]:
        """Return the functions that may run as the task; by its name, if they aren't known."""
        sites = self._program.added.sites(added)
        if sites:
            return [self._task(site.function) for site in sites]
        label = added.function and self._program.added.name_of_called(added.function.value)
        return [Node("task", label or "?", "", 0)]

    def _task(self, ref: ScopeRef) -> Node:
        scope = self._program.units.scope(ref)
        name = "lambda" if scope.kind == "lambda" else scope.qualname
        return Node("task", name, ref.path, scope.span.line, self._mode(ref))


def _reached(start: ScopeRef, direct: Mapping[ScopeRef, set[ScopeRef]]) -> set[ScopeRef]:
    """Return what a function depends on, over all levels."""
    pending, seen = [start], {start}
    while pending:
        new = direct.get(pending.pop(), set()) - seen
        seen |= new
        pending += new
    return seen - {start}


def _reached_from(
    starts: Iterable[ScopeRef], direct: Mapping[ScopeRef, set[ScopeRef]]
) -> set[ScopeRef]:
    return {scope for start in starts for scope in _reached(start, direct)}
