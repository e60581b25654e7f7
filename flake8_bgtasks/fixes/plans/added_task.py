"""BGT501, BGT502, BGT505: hand `add_task` the function itself, then its arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    RemoveArgument,
    ReplaceExpression,
    Source,
)
from flake8_bgtasks.fixes.plans.called import lambda_call
from flake8_bgtasks.fixes.plans.called_early import (
    alone,
    called_in,
    is_scheduler,
    passed,
    passed_apart,
    stays,
)
from flake8_bgtasks.fixes.plans.lambdas import lambda_in, without_lambda
from flake8_bgtasks.fixes.plans.made_async import awaiting
from flake8_bgtasks.fixes.plans.unawaited import awaited
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.things import ScopeRef

_TITLE = "pass the function and its arguments"


def plan_called(supply: Supply, finding: Finding) -> Plan:
    """`add_task(f(x))` becomes `add_task(f, x)`."""
    tree, call = _call(supply, finding)
    return Plan("safe", _TITLE, frozenset(passed_apart(tree, finding.path, call)))


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
    if not _adds(supply, finding):
        return Plan("unsafe", "await it", awaited(supply, finding.path, tree, call))
    task = call.args[0] if call.args else None
    if isinstance(task, ast.Lambda):
        alone(call)
        inner = called_in(lambda_call(task))
        same = _means_the_same(tree, task, inner) and inner is task.body
        edit = passed(tree, finding.path, call, inner)
        return Plan("safe" if same else "unsafe", _TITLE, frozenset({edit}))
    if is_scheduler(task):
        return Plan("unsafe", _TITLE, frozenset(_not_scheduled(tree, finding.path, call)))
    lambda_ = lambda_in(tree, call)
    if lambda_ is not None:
        edits = frozenset(without_lambda(tree, finding.path, call, lambda_))
        return Plan("unsafe", _TITLE, edits)
    function = _function(supply, finding)
    edits = supply.search(lambda thread: awaiting(thread, function))
    return Plan("unsafe", "await it in an 'async def' task", edits)


def _adds(supply: Supply, finding: Finding) -> list[Added]:
    """Return what a finding says is added wrongly; nothing where a helper isn't awaited."""
    program = supply.program
    return [
        added
        for added in program.added.calls
        if added.call.path == finding.path and program.span(added.call) == finding.span
    ]


def _function(supply: Supply, finding: Finding) -> ScopeRef:
    """Return the only function that runs as a task."""
    (added,) = _adds(supply, finding)
    functions = {site.function for site in supply.program.added.sites(added) or ()}
    if len(functions) != 1:
        raise Refused("make the tasks 'async def' functions that await it")
    return functions.pop()


def _not_scheduled(tree: Tree, path: str, call: ast.Call) -> Iterator[Edit]:
    """`add_task(asyncio.create_task, f(x))` becomes `add_task(f, x)`."""
    if len(call.args) != 2 or call.keywords or not isinstance(call.args[1], ast.Call):
        raise Refused("nothing is called there that could be the task")
    yield passed(tree, path, call, call.args[1])
    yield RemoveArgument(Place(path, tree.span(call)), 1)


def _call(supply: Supply, finding: Finding) -> tuple[Tree, ast.Call]:
    check_file(supply.workspace, finding.path)
    tree = supply.workspace.syntax.known(finding.path)
    return tree, tree.call(finding.span)


# What a lambda reads when it runs


def _means_the_same(tree: Tree, task: ast.Lambda, inner: ast.Call) -> bool:
    """Return whether the arguments are the same now as when the lambda would run."""
    values = [*inner.args, *(keyword.value for keyword in inner.keywords)]
    function = next((f for f in tree.around(task) if isinstance(f, FUNCTIONS)), None)
    return all(stays(value, function) for value in values)
