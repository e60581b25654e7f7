"""BGT501: a task that is called where it should be handed over, told apart from its arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    RemoveStatement,
    ReplaceArgument,
    ReplaceExpression,
    Source,
)
from flake8_bgtasks.fixes.plans.called import as_task, is_name
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.syntax import Tree

_SCHEDULERS = ("create_task", "ensure_future")


def passed_apart(tree: Tree, path: str, call: ast.Call) -> Iterator[Edit]:
    """Yield the edits that hand over the function whose result a call is given."""
    task = alone(call)
    if isinstance(task, ast.IfExp):
        yield _replaced(tree, path, call, _either(tree, path, task))
    elif isinstance(task, ast.Name):
        yield from _from_variable(tree, path, call, task)
    else:
        yield passed(tree, path, call, called_in(task))


def alone(call: ast.Call) -> ast.expr:
    """Return what `add_task` is handed, where that is all that it is handed."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if len(values) != 1 or any(keyword.arg != "func" for keyword in call.keywords):
        raise Refused("it is not known what the other arguments are for")
    return values[0]


def called_in(task: ast.expr) -> ast.Call:
    """Return the call whose result is handed over, out of `await` and `create_task`."""
    if isinstance(task, ast.Await):
        return called_in(task.value)
    if not isinstance(task, ast.Call):
        raise Refused("nothing is called there that could be the task")
    if is_scheduler(task.func) and len(task.args) == 1:
        return called_in(task.args[0])
    return task


def is_scheduler(node: ast.expr | None) -> bool:
    """Return whether an expression is `asyncio.create_task`, or goes by its name."""
    return getattr(node, "attr", getattr(node, "id", "")) in _SCHEDULERS


def passed(tree: Tree, path: str, call: ast.Call, inner: ast.Call) -> Edit:
    """Return the edit that hands over a function and its arguments instead of its result."""
    return _replaced(tree, path, call, as_task(tree, path, inner))


def _replaced(tree: Tree, path: str, call: ast.Call, text: Text) -> Edit:
    place = Place(path, tree.span(call))
    if call.args:
        return ReplaceArgument(place, 0, text)
    function = Source(Place(path, tree.span(call.func)))
    return ReplaceExpression(place, (function, "(", *text, ")"))


def _either(tree: Tree, path: str, task: ast.IfExp) -> Text:
    """Return `f if … else g, x` for `f(x) if … else g(x)`."""
    first, second = called_in(task.body), called_in(task.orelse)
    same = [ast.dump(ast.Tuple([*call.args, *_values(call)])) for call in (first, second)]
    if same[0] != same[1] or not is_name(second.func):
        raise Refused("the functions that may be the task get different arguments")
    test, other = (Source(Place(path, tree.span(n))) for n in (task.test, second.func))
    function, *arguments = as_task(tree, path, first)
    return (function, " if ", test, " else ", other, *arguments)


def _values(call: ast.Call) -> list[ast.expr]:
    return [ast.Tuple([ast.Constant(k.arg), k.value]) for k in call.keywords]


def _from_variable(tree: Tree, path: str, call: ast.Call, task: ast.Name) -> Iterator[Edit]:
    """Yield the edits for `made = f(x)` and `add_task(made)`, where nothing else reads `made`."""
    function = next((f for f in tree.around(task) if isinstance(f, FUNCTIONS)), None)
    names = [] if function is None else names_of(function, task.id)
    statement = tree.parents[names[0]] if len(names) == 2 else None
    made = getattr(statement, "value", None)
    if statement is None or made is None or assigned_name(statement, made) != task.id:
        raise Refused("nothing is called there that could be the task")
    inner = called_in(made)
    values = [*inner.args, *(keyword.value for keyword in inner.keywords)]
    beside = tree.parents[statement] is tree.parents[tree.statement(call)]
    if not beside or not all(stays(value, function) for value in values):
        raise Refused("its arguments may be others by then")
    yield passed(tree, path, call, inner)
    yield RemoveStatement(Place(path, tree.span(statement)))


def stays(value: ast.expr, function: ast.AST | None) -> bool:
    """Return whether an expression is the same anywhere in a function."""
    if isinstance(value, ast.Constant):
        return True
    if not isinstance(value, ast.Name) or function is None:
        return False
    bound = [node for node in ast.walk(function) if _binds(node, value.id)]
    loops = [n for n in ast.walk(function) if isinstance(n, (ast.For, ast.AsyncFor, ast.While))]
    in_loop = any(node is inner for loop in loops for node in bound for inner in ast.walk(loop))
    return len(bound) == 1 and not in_loop


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    return isinstance(node, ast.arg) and node.arg == name
