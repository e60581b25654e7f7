"""How the findings of each rule are repaired: one module per recipe, a table by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.fixes.plans import starlette_import

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Plan, Refusal
    from flake8_bgtasks.tracking.program import Program

    Planner = Callable[[Program, Finding, "Style"], Plan | Refusal | None]

Style = Literal["auto", "depends", "thread"]
"""`--fix-style`: how a helper gets the injected instance."""

PLANNERS: Mapping[str, Planner] = {
    "BGT302": starlette_import.plan,
}


def plan_for(program: Program, finding: Finding, style: Style) -> Plan | Refusal | None:
    """Return how to repair a finding, or why that can't be done; None: there is nothing to say."""
    planner = PLANNERS.get(finding.code)
    return planner(program, finding, style) if planner else None
