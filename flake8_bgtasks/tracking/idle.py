"""Objects that keep an instance, where nothing that is done with them adds a task to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Method

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.tracking.binding import GivenArgument, Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def is_idle(program: Program, site: Site, argument: GivenArgument) -> bool:
    """Return whether an object gets an instance, and methods of it are called that add no task."""
    if program.evaluator.classes.class_of(site.function) is None:
        return False
    if program.units.scope(site.function).name != "__init__":
        return False
    called = _methods(program, site.call)
    parameter = program.binder.parameter_of(site, argument)
    if called is None or parameter is None:
        return False
    used = {*called, site.function}
    adds = program.fates.of_parameter_itself(site.function, parameter.name).adds
    return not any(_is_part_of(program, program.function_around(add), used) for add in adds)


def _methods(program: Program, made: NodeRef) -> set[ScopeRef] | None:
    """Return the methods that are called on an object; None where more is done with it."""
    users = program.units.users(made)
    if users.events.get(made.node) or program.links.reads.get(made):
        return None
    found: set[ScopeRef] = set()
    for read in program.units.using(made):
        methods = program.value(read)
        if not _is_only_called(program, read) or not methods:
            return None
        for method in methods:
            if not isinstance(method, Method):
                return None
            found.add(method.function)
    return found


def _is_only_called(program: Program, ref: NodeRef) -> bool:
    """Return whether a node reads an attribute which is called, and nothing else."""
    around = [program.units.node(user) for user in program.units.using(ref)]
    return isinstance(program.units.node(ref), facts.Attribute) and all(
        isinstance(node, facts.Call) and node.function == ref.node for node in around
    )


def _is_part_of(program: Program, scope: ScopeRef, wholes: Collection[ScopeRef]) -> bool:
    """Return whether functions of a set call another one, or define it."""
    pending, seen = [scope], {scope}
    while pending:
        current = pending.pop()
        if current in wholes or current in program.links.handed_out:
            return True
        callers = [program.function_around(s.call) for s in program.sites_of.get(current, ())]
        for above in (*callers, *program.units.above(current)):
            if above not in seen:
                seen.add(above)
                pending.append(above)
    return False
