"""BGT102: `partial(f, BackgroundTasks())` becomes `f`, which gets the request's instance."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    PassArgument,
    Place,
    RemoveArgument,
    ReplaceExpression,
    Source,
    place_of,
)
from flake8_bgtasks.fixes.plans.variables import bound_to, check_writes, reads_in_functions
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.mentions import Mentions
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.thread import Grown
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Partial

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def prebinding(program: Program, birth: NodeRef) -> NodeRef | None:
    """Return the `partial(…)` that a new instance is given to."""
    for user in program.units.using(birth):
        if all(isinstance(thing, Partial) for thing in program.value(user)):
            return user
    return None


def unbound(thread: Thread, birth: NodeRef, partial: NodeRef) -> frozenset[Edit]:
    """Return the edits that pass the instance in the calls, or let FastAPI pass it to a route.

    Raises Refused, and Grown.
    """
    program = thread.program
    if not is_plainly_made(program, birth) or program.instances.shared_fate(birth).opened:
        raise Refused("the list of tasks is used by hand")
    tree = thread.workspace.syntax.known(partial.path)
    call = tree.call(program.span(partial))
    if len(call.args) != 2 or tree.span(call.args[1]) != program.span(birth):
        raise Refused("the function gets other arguments by position, too")
    freed = _freed(Place(partial.path, tree.span(call)), call, tree.span(call.args[0]))
    if any(user in program.registrations for user in program.units.using(partial)):
        return frozenset({freed})
    statement = tree.parents[call]
    name = assigned_name(statement, call)
    if name is None or not isinstance(tree.parents[statement], ast.Module):
        raise Refused("only an instance in a variable of a module can be replaced everywhere")
    if thread.workspace.know({name}):
        raise Grown
    check_writes(thread, name)
    Mentions(thread.workspace, program).check(frozenset({name}), repr(name))
    calls = [
        _passed(thread, read)
        for bound in bound_to(program, birth, name)
        for read in reads_in_functions(thread, bound)
    ]
    return frozenset({*thread.edits, *calls, freed})


def _freed(partial: Place, call: ast.Call, function: Span) -> Edit:
    """Return the edit that takes the instance out of a `partial`, or does without that."""
    if call.keywords:
        return RemoveArgument(partial, 1)
    return ReplaceExpression(partial, (Source(Place(partial.path, function)),))


def _passed(thread: Thread, read: NodeRef) -> PassArgument:
    """Return the edit that passes the instance, first, where the variable is called."""
    program, where = thread.program, thread.workspace.where(read)
    users = program.units.using(read)
    node = program.units.node(users[0]) if len(users) == 1 else None
    if not isinstance(node, facts.Call) or node.function != read.node:
        raise Refused(f"{where} does not simply call it")
    check_file(thread.workspace, read.path)
    return PassArgument(place_of(program, users[0]), (thread.at(read),), index=0)
