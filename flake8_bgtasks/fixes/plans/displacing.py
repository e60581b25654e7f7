"""BGT401: add the response's own tasks to the instance that it pushes out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.plans.carried import check_goes_out
from flake8_bgtasks.fixes.plans.common import plan_of
from flake8_bgtasks.fixes.plans.moved import moved, variable_of
from flake8_bgtasks.fixes.plans.own_instance import passed_everywhere
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.tables import made_by
from flake8_bgtasks.tracking.displaced import displaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Plan
    from flake8_bgtasks.fixes.supply.search import Supply
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
    spare = program.instances.stands_in_for(loss.own)
    if spare is not None:
        return passed_everywhere(thread, spare)
    own = list(_attached(program, function))
    tree = thread.workspace.syntax.known(function.path)
    thread.replaced.update(own)
    thread.gone.update(v for v in (variable_of(tree, program, birth) for birth in own) if v)
    name = thread.at(loss.own)
    edits = {edit for birth in own for edit in moved(thread, birth, name)}
    return frozenset({*thread.edits, *edits})


def _attached(program: Program, function: ScopeRef) -> Iterator[NodeRef]:
    for birth in program.once(made_by).get(function, ()):
        if program.units.owner(birth) == function and program.fates.of(birth).attached:
            yield birth
