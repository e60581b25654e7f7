"""BGT508: add the task with `add_task`, where that is all that can be meant."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    Source,
)
from flake8_bgtasks.fixes.plans.common import plan_of
from flake8_bgtasks.fixes.plans.filled import check_task, filled, is_construction
from flake8_bgtasks.fixes.plans.moved import variable_of
from flake8_bgtasks.fixes.plans.responses import carried_by_request
from flake8_bgtasks.fixes.plans.unwrapped import out_of_with
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, External, Function, Method, Partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
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
    if _clears(supply.program, misuse.at):
        return _kept(supply, misuse.at)
    return plan_of(supply, "add the task with add_task()", lambda t: _edits(t, misuse))


def _clears(program: Program, ref: NodeRef) -> bool:
    """Return whether a misuse is `tasks.tasks.clear()`."""
    node = program.units.node(ref)
    if not isinstance(node, facts.Call):
        return False
    method = program.units.node(ref._replace(node=node.function))
    return isinstance(method, facts.Attribute) and method.name == "clear"


def _kept(supply: Supply, clear: NodeRef) -> Plan:
    """Remove the call that throws away what was added just before: then it runs, so unsafe."""
    tree = supply.workspace.syntax.known(clear.path)
    statement = tree.parents[tree.call(supply.program.span(clear))]
    if not isinstance(statement, ast.Expr):
        raise Refused("remove the call, or add the tasks behind it")
    gone = RemoveStatement(Place(clear.path, tree.span(statement)))
    return Plan("unsafe", "keep the tasks that were added", frozenset({gone}))


def _edits(thread: Thread, misuse: Misuse) -> frozenset[Edit]:
    program, path, node = thread.program, misuse.at.path, thread.program.units.node(misuse.at)
    if isinstance(node, facts.Entered):
        found = out_of_with(thread, misuse.at, misuse.at._replace(node=node.base))
        return frozenset({*found, *thread.edits})
    if not isinstance(node, facts.Call):
        raise Refused("nothing is called there that could add a task")
    tree = thread.workspace.syntax.known(path)
    call = tree.call(program.span(misuse.at))
    function = misuse.at._replace(node=node.function)
    if is_construction(program, function):
        return filled(thread, misuse.at, call)
    if misuse.subject is not None and not program.added.holds_tasks(misuse.subject):
        return _of_one(thread, misuse.subject, call)
    if function in program.instances.single:
        return frozenset(_given_before(program, tree, function, call))
    text: Text = (Source(Place(path, tree.span(call.func))), ".add_task")
    replaced: ast.expr = call.func
    if misuse.subject is not None:
        text = (Source(Place(path, tree.span(_object(call)))), ".add_task")
    elif not program.added.holds_tasks(function):
        replaced = _class(program, function, call)
        text = (thread.at(misuse.at),)
    if not isinstance(tree.parents[call], ast.Expr):
        raise Refused("something is done with what the call returns")
    check_task(program, misuse.at)
    return frozenset({*thread.edits, ReplaceExpression(Place(path, tree.span(replaced)), text)})


def _of_one(thread: Thread, task: NodeRef, call: ast.Call) -> frozenset[Edit]:
    """Return the edits that add both to the request's instance: a `BackgroundTask` holds one."""
    tree = thread.workspace.syntax.known(task.path)
    if variable_of(tree, thread.program, task) is None or _method(call).attr != "add_task":
        raise Refused("a BackgroundTask holds one task: take a BackgroundTasks for both")
    return carried_by_request(thread, task)


def _given_before(
    program: Program, tree: Tree, task: NodeRef, call: ast.Call
) -> Iterator[RemoveArgument]:
    """Yield the edits of `BackgroundTask(f, x)` and `task(x)`: it has its arguments already."""
    made = tree.call(program.span(task))
    given = [ast.dump(argument) for argument in (*call.args, *call.keywords)]
    if given != [ast.dump(argument) for argument in (*made.args[1:], *made.keywords)]:
        raise Refused("a BackgroundTask gets its arguments where it is made")
    for index in range(len(given)):
        yield RemoveArgument(Place(task.path, tree.span(call)), index)


def _object(call: ast.Call) -> ast.expr:
    """Return the object that has no such method, where the method was meant to add a task."""
    method = _method(call)
    if method.attr not in _ADDING:
        raise Refused(f"it is not known what {method.attr}() shall do")
    return method.value


def _method(call: ast.Call) -> ast.Attribute:
    assert isinstance(call.func, ast.Attribute)
    return call.func


def _class(program: Program, function: NodeRef, call: ast.Call) -> ast.expr:
    """Return the class whose `add_task` is called without an instance."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "add_task":
        raise Refused("a BackgroundTask gets its arguments where it is made")
    node = program.units.node(function)
    assert isinstance(node, facts.Attribute)
    owners = program.value(function._replace(node=node.base))
    if not all(isinstance(owner, External) for owner in owners):
        raise Refused("the class is one of the project, which FastAPI does not inject")
    return call.func.value
