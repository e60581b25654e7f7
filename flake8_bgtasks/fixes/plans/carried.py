"""Taking the background away from a response that path operations return."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    InsertBefore,
    Place,
    RemoveArgument,
    RemoveStatement,
    ReplaceStatement,
)
from flake8_bgtasks.fixes.plans.remarks import check_no_remarks, with_remarks
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

NOT_RETURNED = "the task is not made in the 'background=' of a response that is returned"
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def taken_away(tree: Tree, path: str, value: ast.expr, text: Text | None) -> Iterator[Edit]:
    """Yield the edits for a response without its background `value`: `text` stands there instead.

    Raises Refused where the response is not surely returned.
    """
    holder = tree.parents[value]
    if isinstance(holder, ast.Assign):
        statement = Place(path, tree.span(holder))
        _check_set(tree, holder)
        yield ReplaceStatement(statement, text) if text else RemoveStatement(statement)
        return
    response, index = _response(tree, value)
    around = tree.statement(response)
    if not _is_returned_at_once(tree, response):
        variable = assigned_name(around, response)
        if variable is None or _backgrounds(tree, around, variable):
            raise Refused(NOT_RETURNED)
        check_returns(tree, around, variable)
    if text:
        remarked = with_remarks(tree, around, value, text)
        yield InsertBefore(Place(path, tree.span(around)), remarked)
    else:
        check_no_remarks(tree, value)
    yield RemoveArgument(Place(path, tree.span(response)), index)


def _is_returned_at_once(tree: Tree, response: ast.Call) -> bool:
    return isinstance(tree.parents[response], ast.Return)


def _response(tree: Tree, value: ast.expr) -> tuple[ast.Call, int]:
    """Return the response that carries a task, and the number of the argument that does it."""
    holder = tree.parents[value]
    response = tree.parents[holder] if isinstance(holder, ast.keyword) else holder
    if isinstance(holder, ast.keyword) and isinstance(response, ast.Call):
        if holder.arg == "background":
            return response, len(response.args) + response.keywords.index(holder)
    elif isinstance(response, ast.Call) and value in response.args:
        index = response.args.index(value)
        if index == _position(response):
            return response, index
    raise Refused(NOT_RETURNED)


def _position(response: ast.Call) -> int:
    """Return the position of `background` in responses that take it by position."""
    name = getattr(response.func, "attr", getattr(response.func, "id", ""))
    return 3 if name == "RedirectResponse" else 4


# Responses in variables


def _check_set(tree: Tree, statement: ast.Assign) -> None:
    """Raise Refused unless `response.background = …` is all that the response gets."""
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, ast.Attribute):
        raise Refused(NOT_RETURNED)
    if target.attr != "background" or not isinstance(target.value, ast.Name):
        raise Refused(NOT_RETURNED)
    variable = target.value.id
    made = _made_in(tree, statement, variable)
    if made is None or any(keyword.arg in ("background", None) for keyword in made.keywords):
        raise Refused("the response is not made without a background in the same function")
    if len(made.args) > _position(made) or _backgrounds(tree, statement, variable) != 1:
        raise Refused("the background of the response is used more than once")
    check_returns(tree, statement, variable)


def _made_in(tree: Tree, place: ast.AST, variable: str) -> ast.Call | None:
    """Return the call that a variable is given the result of, where that is its only value."""
    bound = [n for n in _names(tree, place, variable) if not isinstance(n.ctx, ast.Load)]
    if len(bound) != 1:
        return None
    statement = tree.parents[bound[0]]
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.Call) or assigned_name(statement, value) != variable:
        return None
    return value


def _names(tree: Tree, place: ast.AST, variable: str) -> list[ast.Name]:
    function = function_around(tree, place)
    return [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == variable]


def function_around(tree: Tree, node: ast.AST) -> ast.AST:
    """Return the function that a node stands in. Raises Refused outside of functions."""
    for outer in tree.around(node):
        if isinstance(outer, FUNCTIONS):
            return outer
    raise Refused(NOT_RETURNED)


def _backgrounds(tree: Tree, place: ast.AST, variable: str) -> int:
    """Return how often a function sets or reads `variable.background`."""
    parents = [tree.parents[name] for name in _names(tree, place, variable)]
    return sum(isinstance(n, ast.Attribute) and n.attr == "background" for n in parents)


def check_returns(tree: Tree, statement: ast.AST, variable: str) -> None:
    """Raise Refused unless all that follows a statement returns the response in `variable`."""
    bound = [n for n in _names(tree, statement, variable) if not isinstance(n.ctx, ast.Load)]
    if len(bound) != 1 or not all(
        isinstance(node.value, ast.Name) and node.value.id == variable
        for node in returns_behind(tree, statement)
    ):
        raise Refused("another response may be returned")


def returns_behind(tree: Tree, statement: ast.AST) -> list[ast.Return]:
    """Return the `return`s that follow a statement. Raises Refused where they don't end it."""
    function = function_around(tree, statement)
    if isinstance(function, ast.Lambda) or any(
        isinstance(node, _LOOPS) for node in _inside(tree, statement, function)
    ):
        raise Refused("another response may be returned")
    found = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Return)
        and node.lineno >= statement.lineno  # type: ignore[attr-defined]
        and function_around(tree, node) is function
    ]
    last = function.body[-1]  # type: ignore[attr-defined]
    if last not in found:
        raise Refused("another response may be returned")
    return found


def _inside(tree: Tree, node: ast.AST, function: ast.AST) -> Iterator[ast.AST]:
    for outer in tree.around(node):
        if outer is function:
            return
        yield outer


# Functions that hand on responses


def check_goes_out(thread: Thread, function: ScopeRef) -> None:
    """Raise Refused unless whatever a function returns is returned by path operations."""
    _check_goes_out(thread, function, set())


def _check_goes_out(thread: Thread, function: ScopeRef, seen: set[ScopeRef]) -> None:
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
    users = program.units.users(ref)
    nodes = program.units.using(ref)
    if nodes:
        awaited = all(isinstance(program.units.node(n), facts.Awaited) for n in nodes)
        return awaited and all(_is_returned(program, n) for n in nodes)
    events = [event for _, event in users.events.get(ref.node, ())]
    return bool(events) and all(isinstance(event, facts.Returned) for event in events)
