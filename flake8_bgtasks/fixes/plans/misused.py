"""BGT508: add the task with `add_task`, where that is all that can be meant."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, ReplaceExpression, Source
from flake8_bgtasks.fixes.plans.common import plan_of
from flake8_bgtasks.fixes.plans.filled import check_task, filled, is_construction
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, External, Function, Method, Partial

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Plan, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.misuse import Misuse
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_ADDING = frozenset(
    {
        "add",
        "add_background_task",
        "add_tasks",
        "addTask",
        "append",
        "enqueue",
        "push",
        "put",
        "schedule",
        "submit",
    }
)
"""Names of methods that can't mean anything else of a function and its arguments."""
_FUNCTIONS = (Function, Method, Partial, Class)


def plan(supply: Supply, finding: Finding) -> Plan:
    """Call `add_task` in the place of a method that isn't there, of the object or of the class."""
    check_file(supply.workspace, finding.path)
    misuse = next(
        m
        for m in supply.program.misuses.all
        if m.at.path == finding.path and supply.program.span(m.at) == finding.span
    )
    return plan_of(supply, "add the task with add_task()", lambda t: _edits(t, misuse))


def _edits(thread: Thread, misuse: Misuse) -> frozenset[Edit]:
    program, path, node = thread.program, misuse.at.path, thread.program.units.node(misuse.at)
    if isinstance(node, facts.Entered):
        raise Refused("the block has to come out of the 'with' by hand")
    if not isinstance(node, facts.Call):
        raise Refused("nothing is called there that could add a task")
    tree = thread.workspace.syntax.known(path)
    call = tree.call(program.span(misuse.at))
    function = misuse.at._replace(node=node.function)
    if is_construction(program, function):
        return filled(thread, misuse.at, call)
    if misuse.subject is not None:
        replaced: ast.expr = call.func
        text: Text = (Source(Place(path, tree.span(_object(program, misuse, call)))), ".add_task")
    elif program.added.holds_tasks(function):
        replaced = call.func
        text = (Source(Place(path, tree.span(call.func))), ".add_task")
    else:
        replaced = _class(program, function, call)
        text = (thread.at(misuse.at),)
    if not isinstance(tree.parents[call], ast.Expr):
        raise Refused("something is done with what the call returns")
    check_task(program, misuse.at)
    return frozenset({*thread.edits, ReplaceExpression(Place(path, tree.span(replaced)), text)})


def _object(program: Program, misuse: Misuse, call: ast.Call) -> ast.expr:
    """Return the object that has no such method, where the method was meant to add a task."""
    assert misuse.subject is not None
    assert isinstance(call.func, ast.Attribute)
    if not program.added.holds_tasks(misuse.subject):
        raise Refused("a BackgroundTask holds one task: take a BackgroundTasks for both")
    if call.func.attr not in _ADDING:
        raise Refused(f"it is not known what {call.func.attr}() shall do")
    return call.func.value


def _class(program: Program, function: NodeRef, call: ast.Call) -> ast.expr:
    """Return the class whose `add_task` is called without an instance."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "clear":
        raise Refused("remove the call, or add the tasks behind it")
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "add_task":
        raise Refused("a BackgroundTask gets its arguments where it is made")
    node = program.units.node(function)
    assert isinstance(node, facts.Attribute)
    owners = program.value(function._replace(node=node.base))
    if not all(isinstance(owner, External) for owner in owners):
        raise Refused("the class is one of the project, which FastAPI does not inject")
    return call.func.value
