"""BGT204: pass the instance to a task that needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Plan
from flake8_bgtasks.fixes.plans.common import call_at
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.passing import passed, slot_of
from flake8_bgtasks.fixes.supply.tasks import added_to

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply

_TITLE = "pass the BackgroundTasks to the task"


def plan(supply: Supply, finding: Finding) -> Plan:
    """Pass the instance that the task is added to: what a running task adds to it runs, too."""
    workspace = supply.workspace
    program = supply.program
    call = call_at(program, finding)
    value = (added_to(workspace, call),)
    edits: set[Edit] = set()
    for site in program.binder.sites(call)[0]:
        missing = [
            p
            for p in program.instances.parameters(site.function)
            if program.binder.argument_for(site, p.name) is None
        ]
        signature = program.evaluator.classes.signature(site.function)
        edits.update(
            passed(workspace, site, slot_of(p.name, signature), value) for p in missing[:1]
        )
    if len(edits) != 1:
        raise Refused("the functions that may be the task take the instance differently")
    return Plan("safe", _TITLE, frozenset(edits))
