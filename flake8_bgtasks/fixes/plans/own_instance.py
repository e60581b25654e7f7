"""BGT101: take the request's instance in place of an own one that nobody runs."""

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
from flake8_bgtasks.fixes.plans.carried import check_goes_out, taken_away
from flake8_bgtasks.fixes.plans.common import plan_of
from flake8_bgtasks.fixes.plans.moved import added
from flake8_bgtasks.fixes.plans.own_kind import run_as_task
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.naming import assigned_name, origin
from flake8_bgtasks.fixes.supply.passing import passed, slot_of
from flake8_bgtasks.fixes.supply.tables import calls_at
from flake8_bgtasks.fixes.supply.timing import check_behind_yield
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

_TITLE = "use the injected BackgroundTasks"


def plan(supply: Supply, finding: Finding) -> Plan:
    """Thread the instance to where the own one is made, and use it there."""
    program = supply.program
    found = program.once(calls_at)[finding.path, finding.span]
    birth = next(ref for ref in found if ref in program.instances.births)
    return plan_of(supply, _TITLE, lambda thread: _edits(thread, birth))


def _edits(thread: Thread, birth: NodeRef) -> frozenset[Edit]:
    program = thread.program
    if not is_plainly_made(program, birth):
        return run_as_task(thread, birth)
    check_uses(thread.workspace, birth)
    spare = program.instances.stands_in_for(birth)
    if spare is not None:
        return passed_everywhere(thread, spare)
    background = _background(thread, birth)
    if background is not None:
        return _added_before(thread, birth, background)
    name = thread.at(birth)
    return frozenset({*thread.edits, *used_instead(thread.workspace, birth, name)})


def _background(thread: Thread, birth: NodeRef) -> ast.Call | None:
    """Return the call in `background=BackgroundTasks().add_task(…)`, which returns None."""
    tree = thread.workspace.syntax.known(birth.path)
    method = tree.parents[tree.call(thread.program.span(birth))]
    call = tree.parents[method]
    if not isinstance(method, ast.Attribute) or not isinstance(call, ast.Call):
        return None
    is_given = any(
        given.value.path == birth.path and thread.program.span(given.value) == tree.span(call)
        for given in thread.program.backgrounds.given
    )
    return call if is_given and method.attr == "add_task" else None


def _added_before(thread: Thread, birth: NodeRef, call: ast.Call) -> frozenset[Edit]:
    """Return the edits that add the task to the request's instance, and leave out the None."""
    tree = thread.workspace.syntax.known(birth.path)
    check_goes_out(thread, thread.program.units.owner(birth))
    text = added(tree, Place(birth.path, tree.span(call)), thread.at(birth))
    return frozenset({*taken_away(tree, birth.path, call, text), *thread.edits})


def check_uses(workspace: Workspace, birth: NodeRef) -> None:
    """Refuse where the request's instance would do something else than the own one."""
    program = workspace.program
    fate = program.fates.of(birth)
    if fate.opened:
        raise Refused("the list of tasks is used by hand")
    for place in (birth, *fate.adds):
        owner = program.units.owner(place)
        for scope in (owner, *program.units.above(owner)):
            check_behind_yield(workspace, scope, place)


def passed_everywhere(thread: Thread, parameter: TasksParameter) -> frozenset[Edit]:
    """Pass the instance in the calls that leave a parameter with a fallback to it."""
    program = thread.program
    signature = program.evaluator.classes.signature(parameter.scope)
    slot = slot_of(parameter.name, signature)
    for site in program.sites_of.get(parameter.scope, ()):
        direct = site.how in ("call", "forward") and not program.is_test(site.call.path)
        if direct and program.instances.leaves_out(site, parameter.name):
            if program.binder.argument_for(site, parameter.name) is not None:
                raise Refused(f"{thread.workspace.where(site.call)} passes None on purpose")
            value = (thread.at(site.call),)
            thread.edits.add(passed(thread.workspace, site, slot, value))
    return frozenset(thread.edits)


# The own instance


def used_instead(workspace: Workspace, birth: NodeRef, name: str) -> Iterator[Edit]:
    """Yield the edits that put the expression `name` in the place of an own instance."""
    program = workspace.program
    tree = workspace.syntax.known(birth.path)
    call = tree.call(program.span(birth))
    variable = assigned_name(tree.parents[call], call)
    function = program.units.owner(birth)
    if variable == name:
        yield RemoveStatement(Place(birth.path, tree.span(tree.parents[call])))
    elif variable is not None and _is_only_that(workspace, function, variable):
        for other in births_of(workspace, function, variable):
            statement = tree.parents[tree.call(program.span(other))]
            yield RemoveStatement(Place(birth.path, tree.span(statement)))
        yield from renamed(workspace, function, variable, name)
    else:
        yield _replaced(tree, birth, call, name)


def _replaced(tree: Tree, birth: NodeRef, call: ast.Call, name: str) -> Edit:
    """Return the edit that puts `name` where an instance is made: for more where that is the same.

    `(name := BackgroundTasks()).add_task(…)` becomes `name.add_task(…)`, and
    `x = BackgroundTasks() if … else name` becomes `x = name`.
    """
    parent = tree.parents[call]
    around = tree.parents.get(parent)
    chained = isinstance(parent, ast.NamedExpr) and parent.target.id == name
    if chained and isinstance(around, ast.Attribute):
        place = Place(birth.path, tree.span(around))
        return ReplaceExpression(place, (f"{name}.{around.attr}",))
    if isinstance(parent, ast.IfExp) and _is_choice_of(parent, name):
        variable = assigned_name(around, parent) if around is not None else None
        if around is not None and variable is not None:
            return ReplaceStatement(Place(birth.path, tree.span(around)), (f"{variable} = {name}",))
    return ReplaceExpression(Place(birth.path, tree.span(call)), (name,))


def _is_choice_of(node: ast.IfExp, name: str) -> bool:
    """Return whether one of the values of `a if … else b` is the variable `name`."""
    return any(isinstance(n, ast.Name) and n.id == name for n in (node.body, node.orelse))


def births_of(workspace: Workspace, function: ScopeRef, variable: str) -> list[NodeRef]:
    nodes = workspace.program.units.scope(function).bindings.get(variable, ())
    return [origin(workspace, NodeRef(function.path, function.unit, node)) for node in nodes]


def _is_only_that(workspace: Workspace, function: ScopeRef, variable: str) -> bool:
    """Return whether a variable holds nothing but lost instances, each from its own statement."""
    program = workspace.program
    tree = workspace.syntax.known(function.path)
    births = program.instances.births
    for node in births_of(workspace, function, variable):
        if node not in births or not program.fates.of(node).is_lost:
            return False
        call = tree.call(program.span(node))
        if assigned_name(tree.parents[call], call) != variable:
            return False
    return program.units.scope(function).kind == "function"


def renamed(workspace: Workspace, function: ScopeRef, variable: str, name: str) -> Iterator[Edit]:
    """Yield the edits that read `name` wherever a function reads a variable."""
    program: Program = workspace.program
    tree = workspace.syntax.known(function.path)
    node = tree.function(program.units.scope(function).span)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == variable and isinstance(inner.ctx, ast.Load):
            yield ReplaceExpression(Place(function.path, tree.span(inner)), (name,))
