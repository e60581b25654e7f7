"""Async helpers that add tasks, and calls of them that nobody awaits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.signatures import mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def dropped_calls(program: Program) -> Iterator[tuple[NodeRef, ScopeRef]]:
    """Yield the calls of async helpers that add tasks whose coroutine is thrown away."""
    found = adders(program)
    for ref, _ in program.calls:
        if not program.is_test(ref.path) and _is_thrown_away(program, ref):
            sites, complete = program.binder.sites(ref)
            functions = {site.function for site in sites if site.how == "call"}
            if complete and len(sites) == len(functions) and functions <= found:
                fit = all(mismatch(program, site) is None for site in sites)
                if fit and all(program.wrapping.is_async(f) for f in functions):
                    yield ref, sites[0].function


def _is_thrown_away(program: Program, call: NodeRef) -> bool:
    users = program.units.users(call)
    events = [event for _, event in users.events.get(call.node, ())]
    only = bool(events) and all(isinstance(event, facts.Evaluated) for event in events)
    return only and not users.nodes.get(call.node) and call not in program.links.reads


def adders(program: Program) -> frozenset[ScopeRef]:
    """Return the functions that add tasks, themselves or in a function that they run."""
    found = {program.function_around(added.call) for added in program.added.calls}
    pending = list(found)
    while pending:
        for site in program.sites_of.get(pending.pop(), ()):
            caller = program.function_around(site.call)
            own = caller not in found and program.units.owner(site.call) == caller
            if own and program.running.at(site.call) is not None:
                found.add(caller)
                pending.append(caller)
    generators = {ref for ref in found if program.units.scope(ref).is_generator}
    return frozenset(found - generators)
