"""Small projects, checked and planned: what the planners say of each finding."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Plan, Refusal
from flake8_bgtasks.fixes.plans import Planning
from flake8_bgtasks.project.files import Files
from flake8_bgtasks.rules import RULES
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.survey import survey
from flake8_bgtasks.tracking.linker import Linker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program

Answer = Plan | Refusal | None


def linked(root: Path, sources: Mapping[str, str]) -> Program:
    """Write a project and link it, as the engine does."""
    for path, text in sources.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
    files = Files(root, {})
    seeds = survey(sources, files)
    return Linker(root, files, sources, seeds, Settings(fastapi_version="0.165.0")).link()


def findings(program: Program) -> list[Finding]:
    found = [finding for rule in RULES for finding in rule.check(program)]
    return sorted(found, key=lambda finding: (finding.path, finding.span))


def answers(root: Path, sources: Mapping[str, str], code: str) -> list[Answer]:
    """Return the plans of all findings of one rule, in the order of files and lines."""
    program = linked(root, sources)
    planning = Planning(program)
    return [planning.plan(f) for f in findings(program) if f.code == code]


def refusal(root: Path, sources: Mapping[str, str], code: str = "BGT101") -> str:
    """Return why the only finding of a rule is not repaired."""
    (answer,) = answers(root, sources, code)
    assert isinstance(answer, Refusal), answer
    return answer.reason


def plan(root: Path, sources: Mapping[str, str], code: str = "BGT101") -> Plan:
    """Return the plan for the only finding of a rule."""
    (answer,) = answers(root, sources, code)
    assert isinstance(answer, Plan), answer
    return answer
