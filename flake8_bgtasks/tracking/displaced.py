"""Injected tasks that are not attached, since the response has a background of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program


class Displaced(NamedTuple):
    """`route` returns at `returned` a response with the background `own`; `adds` are lost."""

    route: ScopeRef
    returned: facts.Returned
    own: NodeRef
    adds: tuple[NodeRef, ...]


def displaced(program: Program) -> Iterator[Displaced]:
    """Yield the `return`s of path operations by which injected tasks are lost."""
    for route in sorted(program.roles.injected):
        if "route" not in program.roles.kinds(route) or program.is_test(route.path):
            continue
        if program.additions.may_be_run(route):
            continue
        for event in program.units.scope(route).events:
            if isinstance(event, facts.Returned):
                yield from _at(program, route, event)


def _at(program: Program, route: ScopeRef, event: facts.Returned) -> Iterator[Displaced]:
    own = program.backgrounds.own_of(NodeRef(route.path, route.unit, event.value))
    if own is None:
        return
    adds = {*_own_adds(program, route, event), *_adds_before(program, route)}
    if adds:
        yield Displaced(route, event, own, tuple(sorted(adds)))


def _own_adds(program: Program, route: ScopeRef, event: facts.Returned) -> Iterator[NodeRef]:
    """Yield the calls that add tasks and that the `return` may follow."""
    calls = {
        call
        for key in program.additions.injected
        if key[0] in program.requests.beside(route)
        for add in program.fates.of_parameter_itself(*key).adds | program.additions.of[key]
        for call in (add, *_calls_of(program, program.units.owner(add), route))
        if program.units.owner(call) == route
    }
    for call in calls:
        if any(leave.span == event.span for leave in program.ways.leaves(call)):
            yield call


def _calls_of(program: Program, scope: ScopeRef, route: ScopeRef) -> Iterator[NodeRef]:
    """Yield the calls of a method of what a dependency provides, or of a route's inner function."""
    is_inner = program.units.parent(scope) == route
    if is_inner or program.evaluator.classes.class_of(scope) is not None:
        yield from (site.call for site in program.sites_of.get(scope, ()))


def _adds_before(program: Program, route: ScopeRef) -> Iterator[NodeRef]:
    """Yield the calls that add tasks in the dependencies of a path operation."""
    before = program.requests.dependencies(route)
    for key in program.additions.injected:
        for add in program.fates.of_parameter_itself(*key).adds if key[0] in before else ():
            in_it = program.units.owner(add) == key[0]
            late = program.additions.is_after_yield(add)
            if in_it and not late and program.ways.after(add).normal:
                yield add
