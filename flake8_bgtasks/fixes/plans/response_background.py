"""BGT405: give the tasks to the injected instance, not to a response that ignores them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    RemoveStatement,
    ReplaceExpression,
    ReplaceStatement,
)
from flake8_bgtasks.fixes.plans.common import plan_of
from flake8_bgtasks.fixes.plans.other_response import moved_over
from flake8_bgtasks.fixes.plans.own_instance import births_of, check_uses, renamed
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.places import check_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.backgrounds import Given


def plan(supply: Supply, finding: Finding) -> Plan:
    """Remove `response.background = …`, and add the tasks to the injected instance."""
    check_file(supply.workspace, finding.path)
    given = next(
        g
        for g in supply.program.backgrounds.given
        if g.response.path == finding.path and g.span == finding.span
    )
    return plan_of(supply, "use the injected BackgroundTasks", lambda t: _edits(t, given))


def _edits(thread: Thread, given: Given) -> frozenset[Edit]:
    program, path = thread.program, given.response.path
    tree = thread.workspace.syntax.known(path)
    statement = next((n for n in tree.at.get(given.span, ()) if isinstance(n, ast.Assign)), None)
    if statement is None:
        raise Refused("the background is set in another way than by an assignment")
    if len(statement.targets) == 1 and program.instances.injected_parameters(given.value):
        return frozenset({RemoveStatement(Place(path, given.span))})
    if given.value not in program.instances.births or not is_plainly_made(program, given.value):
        thread.is_unsafe = True
        return moved_over(thread, path, statement)
    check_uses(thread.workspace, given.value)
    name = thread.at(given.value)
    return frozenset({*thread.edits, *_replaced(thread, given, statement, name)})


def _replaced(thread: Thread, given: Given, statement: ast.Assign, name: str) -> Iterator[Edit]:
    """Yield the edits that use `name` in the place of an instance in a variable of its own."""
    program, path = thread.program, given.response.path
    tree = thread.workspace.syntax.known(path)
    place = Place(path, given.span)
    names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if len(statement.targets) == 2 and names:
        yield ReplaceStatement(place, (f"{names[0]} = {name}",))
        return
    call = tree.call(program.span(given.value))
    made, function = tree.parents[call], program.units.owner(given.value)
    variable = assigned_name(made, call)
    if variable is None or births_of(thread.workspace, function, variable) != [given.value]:
        raise Refused("the instance is kept in more than a variable of its own")
    yield RemoveStatement(place)
    yield RemoveStatement(Place(path, tree.span(made)))
    for edit in renamed(thread.workspace, function, variable, name) if variable != name else ():
        assert isinstance(edit, ReplaceExpression)
        if not given.span.contains(edit.expression.span):
            yield edit
