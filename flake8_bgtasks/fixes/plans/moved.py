"""Tasks that responses carry, moved to the request's instance."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    InsertBefore,
    Place,
    RemoveStatement,
    ReplaceArgument,
    ReplaceExpression,
    ReplaceStatement,
    place_of,
)
from flake8_bgtasks.fixes.plans.called import arguments_of
from flake8_bgtasks.fixes.plans.carried import (
    check_returns,
    function_around,
    returns_behind,
    taken_away,
)
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.naming import assigned_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit, PassArgument, Text
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def added(tree: Tree, task: Place, name: str, more: PassArgument | None = None) -> Text:
    """Return the call that adds a `BackgroundTask(…)` to an instance: `name.add_task(…)`."""
    call = tree.call(task.span)
    arguments = list(arguments_of(tree, task.path, call))
    if more is not None:
        index = len(arguments) if more.keyword else len(call.args)
        arguments.insert(index, (f"{more.keyword}={name}" if more.keyword else name,))
    parts = [part for text in arguments for part in (", ", *text)]
    return (f"{name}.add_task(", *parts[1:], ")")


def variable_of(tree: Tree, program: Program, birth: NodeRef) -> str | None:
    call = tree.call(program.span(birth))
    return assigned_name(tree.parents[call], call)


def moved(
    thread: Thread, birth: NodeRef, name: str, more: PassArgument | None = None
) -> Iterator[Edit]:
    """Yield the edits that add the tasks of one background to the instance `name`.

    `more` gives a single task the instance, if it needs it.
    """
    program, tree = thread.program, thread.workspace.syntax.known(birth.path)
    call = tree.call(program.span(birth))
    variable = variable_of(tree, program, birth)
    place = place_of(program, birth)
    is_single = birth not in program.instances.births
    if not is_single and not is_plainly_made(program, birth):
        raise Refused("the response's own instance is one of its own kind, or not empty")
    text = added(tree, place, name, more) if is_single else None
    helper = helper_given(program, tree, birth)
    if variable is None and helper is not None:
        yield from _given_instead(tree, place, helper, name, text)
        return
    if variable is None:
        yield from taken_away(tree, birth.path, call, text)
        return
    statement = tree.statement(call)
    given, *uses = _uses(tree, statement, variable)
    _check_ends(tree, statement, given)
    made = Place(birth.path, tree.span(statement))
    yield ReplaceStatement(made, text) if text else RemoveStatement(made)
    if helper is None:
        yield from taken_away(tree, birth.path, given, None)
    else:
        uses.append(given)
    for use in uses if variable != name else ():
        yield ReplaceExpression(Place(birth.path, tree.span(use)), (name,))


def helper_given(program: Program, tree: Tree, birth: NodeRef) -> ast.Call | None:
    """Return the call of a helper that puts a new task into the response that is returned."""
    fate = program.fates.of(birth)
    for user in program.units.using(birth) if fate.attached and not fate.executed else ():
        sites, complete = program.binder.sites(user)
        if complete and all(site.how == "call" for site in sites):
            call = tree.call(program.span(user))
            holder = tree.parents[call]
            holder = tree.parents[holder] if isinstance(holder, ast.Await) else holder
            if isinstance(holder, ast.Return):
                return call
    return None


def _given_instead(
    tree: Tree, birth: Place, helper: ast.Call, name: str, text: Text | None
) -> Iterator[Edit]:
    """Yield the edits that add a task first, and hand the helper the instance."""
    value, statement = tree.call(birth.span), tree.statement(helper)
    index = [*helper.args, *(keyword.value for keyword in helper.keywords)].index(value)
    if text is not None:
        yield InsertBefore(Place(birth.path, tree.span(statement)), text)
    yield ReplaceArgument(Place(birth.path, tree.span(helper)), index, (name,))


def _uses(tree: Tree, statement: ast.stmt, variable: str) -> list[ast.Name]:
    """Return where a response is given the variable, then where tasks are added to it."""
    function = function_around(tree, statement)
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == variable]
    reads = [n for n in names if isinstance(n.ctx, ast.Load)]
    adds = [n for n in reads if _is_added_to(tree, n)]
    given = [n for n in reads if n not in adds]
    nested = any(function_around(tree, name) is not function for name in names)
    if len(given) != 1 or len(names) - len(reads) != 1 or nested:
        raise Refused(f"{variable!r} is used for more than the response")
    return [*given, *adds]


def _is_added_to(tree: Tree, name: ast.Name) -> bool:
    method = tree.parents[name]
    call = tree.parents[method]
    is_method = isinstance(method, ast.Attribute) and method.attr == "add_task"
    return is_method and isinstance(call, ast.Call) and call.func is method


def _check_ends(tree: Tree, statement: ast.stmt, given: ast.Name) -> None:
    """Raise Refused unless the response that is given the tasks is what is returned from here."""
    around = tree.statement(given)
    if isinstance(around, ast.Return):
        if returns_behind(tree, statement) != [around]:
            raise Refused("another response may be returned")
        return
    variable = _response_in(around)
    if variable is None or tree.parents[around] is not tree.parents[statement]:
        raise Refused("the response may be returned without these tasks")
    check_returns(tree, statement, variable)


def _response_in(statement: ast.stmt) -> str | None:
    """Return the variable of `name = Response(…)` or `name.background = …`."""
    if not isinstance(statement, ast.Assign):
        return None
    target = statement.targets[0]
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return target.value.id
    return assigned_name(statement, statement.value)
