"""BGT401: add the response's own tasks to the instance that it pushes out."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    RemoveStatement,
    ReplaceExpression,
    ReplaceStatement,
    place_of,
)
from flake8_bgtasks.fixes.plans.carried import (
    check_goes_out,
    check_returns,
    function_around,
    returns_behind,
    taken_away,
)
from flake8_bgtasks.fixes.plans.common import is_plainly_made, plan_of
from flake8_bgtasks.fixes.plans.responses import added
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.tracking.displaced import displaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Plan
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.displaced import Displaced
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def plan(supply: Supply, finding: Finding) -> Plan:
    """Take the background from all responses of a function: what was lost runs, so it is unsafe."""
    check_file(supply.workspace, finding.path)
    loss = next(
        loss
        for loss in displaced(supply.program)
        if loss.route.path == finding.path and loss.returned.span == finding.span
    )
    title = "add the response's own tasks to the injected BackgroundTasks"
    return replace(plan_of(supply, title, lambda t: _edits(t, loss)), applicability="unsafe")


def _edits(thread: Thread, loss: Displaced) -> frozenset[Edit]:
    program, function = thread.program, thread.program.units.owner(loss.own)
    check_file(thread.workspace, function.path)
    check_goes_out(thread, function)
    own = list(_attached(program, function))
    tree = thread.workspace.syntax.known(function.path)
    thread.replaced.update(own)
    thread.gone.update(v for v in (_variable(tree, program, birth) for birth in own) if v)
    name = thread.at(loss.own)
    edits = {edit for birth in own for edit in _moved(thread, tree, birth, name)}
    return frozenset({*thread.edits, *edits})


def _attached(program: Program, function: ScopeRef) -> Iterator[NodeRef]:
    for birth in (*program.instances.tasks, *program.instances.single):
        if program.units.owner(birth) == function and program.fates.of(birth).attached:
            yield birth


def _variable(tree: Tree, program: Program, birth: NodeRef) -> str | None:
    call = tree.call(program.span(birth))
    return assigned_name(tree.parents[call], call)


def _moved(thread: Thread, tree: Tree, birth: NodeRef, name: str) -> Iterator[Edit]:
    """Yield the edits that add the tasks of one background to the instance `name`."""
    program = thread.program
    call = tree.call(program.span(birth))
    variable = _variable(tree, program, birth)
    place = place_of(program, birth)
    is_single = birth in program.instances.single
    if not is_single and not is_plainly_made(program, birth):
        raise Refused("the response's own instance is one of its own kind, or not empty")
    text = added(tree, place, name) if is_single else None
    if variable is None:
        yield from taken_away(tree, birth.path, call, text)
        return
    statement = tree.statement(call)
    given, *uses = _uses(tree, statement, variable)
    if uses and is_single:
        raise Refused(f"{variable!r} is used for more than the response")
    _check_ends(tree, statement, given)
    yield from taken_away(tree, birth.path, given, None)
    made = Place(birth.path, tree.span(statement))
    yield ReplaceStatement(made, text) if text else RemoveStatement(made)
    for use in uses if variable != name else ():
        yield ReplaceExpression(Place(birth.path, tree.span(use)), (name,))


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
