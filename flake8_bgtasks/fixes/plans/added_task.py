"""BGT501, BGT502, BGT505: hand `add_task` the function itself, then its arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    ReplaceArgument,
    ReplaceExpression,
    Source,
)
from flake8_bgtasks.fixes.plans.called import as_task, lambda_call
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS, Tree

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply

_TITLE = "pass the function and its arguments"
_SCHEDULERS = ("create_task", "ensure_future")


def plan_called(supply: Supply, finding: Finding) -> Plan:
    """`add_task(f(x))` becomes `add_task(f, x)`."""
    tree, call = _call(supply, finding)
    edit = _passed(tree, finding.path, call, _inner(_task(call)))
    return Plan("safe", _TITLE, frozenset({edit}))


def plan_awaited(supply: Supply, finding: Finding) -> Plan:
    """`await tasks.add_task(f)` becomes `tasks.add_task(f)`."""
    tree, call = _call(supply, finding)
    awaited = tree.parents[call]
    if not isinstance(awaited, ast.Await):
        raise Refused("the 'await' stands elsewhere")
    plain = Source(Place(finding.path, finding.span))
    edit = ReplaceExpression(Place(finding.path, tree.span(awaited)), (plain,))
    return Plan("safe", "remove 'await'", frozenset({edit}))


def plan_hidden(supply: Supply, finding: Finding) -> Plan:
    """`add_task(lambda: f(x))` becomes `add_task(f, x)`; what isn't awaited is awaited."""
    tree, call = _call(supply, finding)
    if getattr(call.func, "attr", "") != "add_task":
        return _awaited(tree, finding, call)
    if call.args and isinstance(call.args[0], ast.Lambda):
        task = _task(call)
        assert isinstance(task, ast.Lambda)
        inner = lambda_call(task)
        edit = _passed(tree, finding.path, call, inner)
        same = _means_the_same(tree, task, inner)
        return Plan("safe" if same else "unsafe", _TITLE, frozenset({edit}))
    raise Refused("make the task an 'async def' function that awaits it")


def _call(supply: Supply, finding: Finding) -> tuple[Tree, ast.Call]:
    check_file(supply.workspace, finding.path)
    tree = supply.workspace.syntax.known(finding.path)
    return tree, tree.call(finding.span)


def _task(call: ast.Call) -> ast.expr:
    """Return what `add_task` is handed, where that is all that it is handed."""
    if len(call.args) != 1 or call.keywords:
        raise Refused("it is not known what the other arguments are for")
    return call.args[0]


def _inner(task: ast.expr) -> ast.Call:
    """Return the call whose result is handed over, out of `await` and `create_task`."""
    if isinstance(task, ast.Await):
        return _inner(task.value)
    if not isinstance(task, ast.Call):
        raise Refused("nothing is called there that could be the task")
    name = getattr(task.func, "attr", getattr(task.func, "id", ""))
    if name in _SCHEDULERS and len(task.args) == 1:
        return _inner(task.args[0])
    return task


def _passed(tree: Tree, path: str, call: ast.Call, inner: ast.Call) -> Edit:
    return ReplaceArgument(Place(path, tree.span(call)), 0, as_task(tree, path, inner))


# What a lambda reads when it runs


def _means_the_same(tree: Tree, task: ast.Lambda, inner: ast.Call) -> bool:
    """Return whether the arguments are the same now as when the lambda would run."""
    values = [*inner.args, *(keyword.value for keyword in inner.keywords)]
    function = next((f for f in tree.around(task) if isinstance(f, FUNCTIONS)), None)
    return all(_stays(value, function) for value in values)


def _stays(value: ast.expr, function: ast.AST | None) -> bool:
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


def _awaited(tree: Tree, finding: Finding, call: ast.Call) -> Plan:
    """An async helper that is called without `await` is awaited: it runs now, so it is unsafe."""
    function = next((f for f in tree.around(call) if isinstance(f, FUNCTIONS)), None)
    if not isinstance(function, ast.AsyncFunctionDef) or not isinstance(
        tree.parents[call], ast.Expr
    ):
        raise Refused("it can only be awaited in an 'async def' function")
    place = Place(finding.path, finding.span)
    edit = ReplaceExpression(place, ("await ", Source(place)))
    return Plan("unsafe", "await it", frozenset({edit}))
