"""BGT204: pass the instance to a task that needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Plan, place_of
from flake8_bgtasks.fixes.plans.common import call_at
from flake8_bgtasks.fixes.plans.responses import added_instead
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.passing import passed, slot_of
from flake8_bgtasks.fixes.supply.tasks import added_to

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import PassArgument, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.tracking.things import NodeRef

_TITLE = "pass the BackgroundTasks to the task"


def plan(supply: Supply, finding: Finding) -> Plan:
    """Pass the instance that the task is added to: what a running task adds to it runs, too."""
    call = call_at(supply.program, finding)
    if call in supply.program.instances.single:
        return _plan_single(supply, call)
    value = (added_to(supply.workspace, call),)
    return Plan("safe", _TITLE, frozenset({_passed(supply, call, value)}))


def _passed(supply: Supply, call: NodeRef, value: Text) -> PassArgument:
    program = supply.program
    edits: set[PassArgument] = set()
    for site in program.binder.sites(call)[0]:
        missing = [
            p
            for p in program.instances.parameters(site.function)
            if program.binder.argument_for(site, p.name) is None
        ]
        signature = program.evaluator.classes.signature(site.function)
        edits.update(
            passed(supply.workspace, site, slot_of(p.name, signature), value) for p in missing[:1]
        )
    if len(edits) != 1:
        raise Refused("the functions that may be the task take the instance differently")
    return edits.pop()


def _plan_single(supply: Supply, call: NodeRef) -> Plan:
    """A task of a response becomes one of the injected instance, which it then gets as well."""
    place = place_of(supply.program, call)
    more = _passed(supply, call, ())
    edits = added_instead(supply, place, more)
    return Plan("unsafe", "add the task to the injected BackgroundTasks, and pass that", edits)
