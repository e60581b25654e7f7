"""BGT301: add the tasks of responses to the request's instance instead."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Plan, place_of
from flake8_bgtasks.fixes.plans.moved import helper_given
from flake8_bgtasks.fixes.plans.responses import added_instead
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.imports import Origin, starlette_task
from flake8_bgtasks.tracking.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Place
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_TITLE = "add the task to the injected BackgroundTasks"


def plan(supply: Supply, finding: Finding) -> Plan:
    """Convert every use of one import of `BackgroundTask` where tasks can be injected."""
    made = list(_made(supply.program, Origin(finding.path, finding.span)))
    if not made:
        raise Refused("nothing in the project makes a task with it: remove the import by hand")
    edits: set[Edit] = set()
    for ref in made:
        edits |= added_instead(supply, place_of(supply.program, ref), replaced=made)
    unsafe = _other_tasks(supply.program) or any(_may_differ(supply, ref) for ref in made)
    return Plan("unsafe" if unsafe else "safe", _TITLE, frozenset(edits))


def _made(program: Program, origin: Origin) -> Iterator[NodeRef]:
    """Yield the calls that make a task where an instance could be injected."""
    places = program.once(Places)
    for use in program.once(starlette_task).uses.get(origin, ()):
        if not places.can_be_injected(places.of(use)):
            continue
        for read in (use, *program.links.reads.get(use, ())):
            for user in program.units.using(read):
                node = program.units.node(user)
                if isinstance(node, facts.Call) and node.function == read.node:
                    yield user


def _other_tasks(program: Program) -> bool:
    """Return whether the instance may have other tasks, which did not run with the response's."""
    return any(
        True for function in program.roles.injected for _ in program.instances.parameters(function)
    )


def _may_differ(supply: Supply, ref: NodeRef) -> bool:
    """Return whether arguments are computed earlier, or a helper may leave the task out."""
    program = supply.program
    call: Place = place_of(program, ref)
    tree = supply.workspace.syntax.known(ref.path)
    node = tree.call(call.span)
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    kinds = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield)
    computed = any(isinstance(inner, kinds) for value in values for inner in ast.walk(value))
    return computed or helper_given(program, tree, ref) is not None
