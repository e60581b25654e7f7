"""BGT406: add to the injected instance what a response was given in the place of a task."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, ReplaceArgument, ReplaceExpression, Source, Symbol
from flake8_bgtasks.fixes.plans.called import as_task, bound_as_task, is_name, lambda_call
from flake8_bgtasks.fixes.plans.carried import check_goes_out, taken_away
from flake8_bgtasks.fixes.plans.common import plan_of
from flake8_bgtasks.fixes.plans.misgiven import argument_of, corrected
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.adders import adders
from flake8_bgtasks.tracking.places import Places
from flake8_bgtasks.tracking.signatures import mismatch
from flake8_bgtasks.tracking.things import Partial
from flake8_bgtasks.tracking.wrong_backgrounds import wrong_backgrounds

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Plan, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef
    from flake8_bgtasks.tracking.wrong_backgrounds import Wrong

_SINGLE = Symbol("starlette.background", "BackgroundTask")
_TITLE = "run it as a task behind the response"
_DIFFERENT = "the response is given different backgrounds on different ways"
_FUNCTIONS = ("function", "async_function", "result", "coroutine")


def plan(supply: Supply, finding: Finding) -> Plan:
    """Have what was meant run behind the response, where it may have run before it: unsafe."""
    check_file(supply.workspace, finding.path)
    wrong = next(
        w
        for w in wrong_backgrounds(supply.program)
        if w.at.path == finding.path and w.span == finding.span
    )
    return replace(plan_of(supply, _TITLE, lambda t: _edits(t, wrong)), applicability="unsafe")


def _edits(thread: Thread, wrong: Wrong) -> frozenset[Edit]:
    program, path = thread.program, wrong.value.path
    tree = thread.workspace.syntax.known(path)
    if wrong.kind not in _FUNCTIONS:
        return frozenset(corrected(program, tree, wrong))
    meant = _meant(program, wrong)
    value = _value(program, tree, wrong)
    task = _task(program, tree, meant, wrong, value)
    test = _test(program, tree, wrong, value)
    places = program.once(Places)
    if not places.can_be_injected(places.of(wrong.value)):
        if test:
            raise Refused(_DIFFERENT)
        return frozenset({_replaced(program, tree, wrong, value, task)})
    check_goes_out(thread, program.units.owner(wrong.value))
    text: Text = (f"{test}{thread.at(wrong.value)}.add_task(", *task, ")")
    return frozenset({*taken_away(tree, path, value, text), *thread.edits})


def _meant(program: Program, wrong: Wrong) -> NodeRef:
    """Return the only value besides None that the response may be given."""
    options = program.backgrounds.options(wrong.value)
    found = [o for o in options if program.units.node(o) != facts.Constant("none")]
    if len(found) != 1:
        raise Refused(_DIFFERENT)
    sites, _ = program.binder.sites(found[0])
    functions = {site.function for site in sites}
    takes = any(program.instances.parameters(function) for function in functions)
    if takes or not functions.isdisjoint(adders(program)):
        raise Refused("the function adds tasks itself: call it before, and leave out 'background'")
    return found[0]


def _test(program: Program, tree: Tree, wrong: Wrong, value: ast.expr) -> str:
    """Return the line that stands above a task that there may not be."""
    if len(program.backgrounds.options(wrong.value)) == 1:
        return ""
    if not isinstance(value, ast.Name) or isinstance(tree.parents[value], ast.Assign):
        raise Refused(_DIFFERENT)
    return f"if {value.id} is not None:\n\t"


def _value(program: Program, tree: Tree, wrong: Wrong) -> ast.expr:
    """Return the expression that the response is given."""
    call, index = argument_of(program, tree, wrong)
    if call is not None:
        return [*call.args, *(keyword.value for keyword in call.keywords)][index]
    for statement in tree.at.get(wrong.span, ()):
        if isinstance(statement, ast.Assign):
            return statement.value
    raise Refused("the background is set in another way than by an assignment")


def _task(program: Program, tree: Tree, meant: NodeRef, wrong: Wrong, value: ast.expr) -> Text:
    """Return the function that shall run, and its arguments."""
    path = wrong.value.path
    if isinstance(value, ast.Lambda):
        return as_task(tree, path, lambda_call(value))
    if wrong.kind in ("result", "coroutine"):
        called = value.value if isinstance(value, ast.Await) else value
        if not isinstance(called, ast.Call):
            raise Refused("the function is called elsewhere")
        return as_task(tree, path, called)
    things = program.evaluator.deep_value(meant)
    if isinstance(value, ast.Call) and all(isinstance(thing, Partial) for thing in things):
        return bound_as_task(tree, path, value)
    if not is_name(value):
        raise Refused("the function has no name")
    reach = program.binder.reach
    sites, complete = program.evaluator.deeply(lambda: reach(wrong.at, things, (), "task"))
    if not complete or any(mismatch(program, site) is not None for site in sites):
        raise Refused("it is not known with which arguments the function shall run")
    return (Source(Place(path, tree.span(value))),)


def _replaced(
    program: Program, tree: Tree, wrong: Wrong, value: ast.expr, task: Text
) -> ReplaceArgument | ReplaceExpression:
    """Return the edit that gives the response a task of its own, where none can be injected."""
    text: Text = (_SINGLE, "(", *task, ")")
    call, index = argument_of(program, tree, wrong)
    path = wrong.value.path
    if call is not None:
        return ReplaceArgument(Place(path, tree.span(call)), index, text)
    return ReplaceExpression(Place(path, tree.span(value)), text)
