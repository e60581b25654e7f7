"""What several recipes need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Plan, RemoveDecorator, place_of
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import is_public
from flake8_bgtasks.fixes.supply.tables import calls_at
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.declarations import declarations
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef


def plan_of(supply: Supply, title: str, edits: Callable[[Thread], frozenset[Edit]]) -> Plan:
    """Return the plan that a search finds: unsafe where it changes what others may call.

    Raises Refused.
    """

    def search(thread: Thread) -> Plan:
        found = edits(thread)
        public = any(is_public(thread.workspace, function) for function in thread.changed)
        is_unsafe = public or thread.is_unsafe
        return Plan("unsafe" if is_unsafe else "safe", _with_proposals(title, thread), found)

    return supply.search(search)


def _with_proposals(title: str, thread: Thread) -> str:
    """Say how the helper could be a dependency instead, which runs before the route's own code."""
    shown = sorted(thread.proposals)
    return f"{title} (or let FastAPI call the helper first: {'; '.join(shown)})" if shown else title


def call_at(program: Program, finding: Finding) -> NodeRef:
    """Return the call that a finding stands on."""
    return next(
        ref
        for ref in program.once(calls_at).get((finding.path, finding.span), ())
        if program.binder.sites(ref)[0]
    )


def declaration_at(program: Program, finding: Finding) -> Declaration:
    """Return the parameter or field that a finding stands on."""
    return next(
        declared
        for declared in declarations(program)
        if declared.scope.path == finding.path and declared.parameter.span == finding.span
    )


def only(sites: Iterable[Site]) -> Site:
    """Return the site of a call that reaches one function. Raises Refused for several."""
    found = list(sites)
    if len({site.function for site in found}) != 1:
        raise Refused("the call may reach several functions")
    return found[0]


def without_cache(program: Program, function: ScopeRef) -> Iterator[RemoveDecorator]:
    """Yield the edits that stop a function from keeping what it returns."""
    for number in program.units.scope(function).decorators:
        decorator = NodeRef(function.path, function.unit, number)
        if _names(program, decorator) & known.CACHES:
            yield RemoveDecorator(place_of(program, function), place_of(program, decorator))


def _names(program: Program, decorator: NodeRef) -> set[str]:
    """Return what a decorator is called, with or without arguments."""
    node = program.units.node(decorator)
    function = decorator._replace(node=node.function) if isinstance(node, facts.Call) else decorator
    return {getattr(thing, "name", "") for thing in program.value(function)}
