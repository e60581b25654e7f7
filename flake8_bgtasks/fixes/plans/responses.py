"""A task that a returned response carries becomes one of the request's instance."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    ArgumentSource,
    InsertBefore,
    Place,
    RemoveArgument,
)
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

_NOT_RETURNED = "the task is not made in the 'background=' of a response that is returned"
_BACKGROUND = 4
"""The position of `background` in the responses that take it by position."""


def added_instead(supply: Supply, call: Place) -> frozenset[Edit]:
    """Return the edits that turn `return Response(…, background=BackgroundTask(f, …))` around.

    The task is added to the injected instance before the `return`. Raises Refused where the
    response does not go to FastAPI as it is.
    """
    return supply.search(lambda thread: _edits(thread, call))


def _edits(thread: Thread, call: Place) -> frozenset[Edit]:
    workspace, program = thread.workspace, thread.program
    tree = workspace.syntax.known(call.path)
    birth = next(
        ref for ref, _ in program.calls if ref.path == call.path and program.span(ref) == call.span
    )
    response, index = _response(tree, tree.call(call.span))
    statement = tree.parents[response]
    if not isinstance(statement, ast.Return):
        raise Refused(_NOT_RETURNED)
    _check_goes_out(thread, program.units.owner(birth), set())
    thread.replaced.add(birth)
    name = thread.at(birth)
    return frozenset(
        {
            *thread.edits,
            InsertBefore(Place(call.path, tree.span(statement)), _added(tree, call, name)),
            RemoveArgument(Place(call.path, tree.span(response)), index),
        }
    )


def _response(tree: Tree, task: ast.Call) -> tuple[ast.Call, int]:
    """Return the response that carries a task, and the number of the argument that does it."""
    holder = tree.parents[task]
    response = tree.parents[holder] if isinstance(holder, ast.keyword) else holder
    if isinstance(holder, ast.keyword) and isinstance(response, ast.Call):
        if holder.arg == "background":
            return response, len(response.args) + response.keywords.index(holder)
    elif isinstance(response, ast.Call) and response.args[_BACKGROUND : _BACKGROUND + 1] == [task]:
        return response, _BACKGROUND
    raise Refused(_NOT_RETURNED)


def _added(tree: Tree, task: Place, name: str) -> Text:
    call = tree.call(task.span)
    text: list[str | ArgumentSource] = []
    for index in range(len(call.args) + len(call.keywords)):
        text += [", " if index else f"{name}.add_task(", _prefix(call, index)]
        text.append(ArgumentSource(task, index))
    return (*(part for part in text if part), ")")


def _prefix(call: ast.Call, index: int) -> str:
    """Return what stands before the value of an argument."""
    if index < len(call.args):
        return ""
    keyword = call.keywords[index - len(call.args)]
    return "**" if keyword.arg is None else f"{keyword.arg}="


def _check_goes_out(thread: Thread, function: ScopeRef, seen: set[ScopeRef]) -> None:
    """Raise Refused unless whatever a function returns is returned by path operations."""
    program = thread.program
    if function in seen:
        return
    seen.add(function)
    kinds = program.roles.kinds(function)
    if kinds - {"route"} or program.units.scope(function).kind != "function":
        raise Refused(f"{thread.workspace.name(function)} is no path operation")
    for site in thread.calls(function):
        if program.is_test(site.call.path):
            continue
        if not _is_returned(program, site.call):
            raise Refused(f"{thread.workspace.where(site.call)} does not return the response")
        _check_goes_out(thread, program.units.owner(site.call), seen)


def _is_returned(program: Program, ref: NodeRef) -> bool:
    """Return whether the value of a node is returned, and nothing else is done with it."""
    users = program.units.users(ref.path, ref.unit)
    nodes = [ref._replace(node=n) for n in users.nodes.get(ref.node, ())]
    if nodes:
        awaited = all(isinstance(program.units.node(n), facts.Awaited) for n in nodes)
        return awaited and all(_is_returned(program, n) for n in nodes)
    events = [event for _, event in users.events.get(ref.node, ())]
    return bool(events) and all(isinstance(event, facts.Returned) for event in events)
