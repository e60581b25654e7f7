"""How the findings of each rule are repaired: one module per recipe, a table by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.fixes.edits import Refusal
from flake8_bgtasks.fixes.plans import (
    added_task,
    awaited,
    declared,
    displacing,
    handed_over,
    injected_helper,
    misused,
    own_instance,
    response_background,
    shared_instance,
    single_task,
    starlette_import,
    task_argument,
    unresolvable,
    wrong_background,
    wrong_import,
)
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.search import Supply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Plan
    from flake8_bgtasks.tracking.program import Program

    Planner = Callable[[Supply, Finding], Plan]

Style = Literal["auto", "depends", "thread"]
"""`--fix-style`: how a helper gets the injected instance."""

PLANNERS: Mapping[str, Planner] = {
    "BGT101": own_instance.plan,
    "BGT102": shared_instance.plan,
    "BGT105": awaited.plan,
    "BGT201": handed_over.plan_left_out,
    "BGT202": handed_over.plan_fresh,
    "BGT203": injected_helper.plan,
    "BGT204": task_argument.plan,
    "BGT205": handed_over.plan_optional,
    "BGT301": single_task.plan,
    "BGT302": starlette_import.plan,
    "BGT303": declared.plan,
    "BGT304": declared.plan,
    "BGT305": declared.plan,
    "BGT306": unresolvable.plan,
    "BGT308": wrong_import.plan,
    "BGT401": displacing.plan,
    "BGT405": response_background.plan,
    "BGT406": wrong_background.plan,
    "BGT501": added_task.plan_called,
    "BGT502": added_task.plan_awaited,
    "BGT505": added_task.plan_hidden,
    "BGT508": misused.plan,
}


class Planning:
    """Plans the fixes of a project in one state; what is found out about it is kept."""

    def __init__(self, program: Program, style: Style = "auto") -> None:
        self._supply = Supply(program, style)

    def plan(self, finding: Finding) -> Plan | Refusal | None:
        """Return how to repair a finding, or why that can't be done; None: nothing to say."""
        planner = PLANNERS.get(finding.code)
        if planner is None:
            return None
        try:
            return planner(self._supply, finding)
        except Refused as refused:
            return Refusal(refused.reason)
