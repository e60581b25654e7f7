"""The fixes that a report shows beside its findings: each as it would be made alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_bgtasks.crash import describe
from flake8_bgtasks.findings import Edit, Fix
from flake8_bgtasks.fixes.document import CannotEditError, Document
from flake8_bgtasks.fixes.edits import Refusal, path_of
from flake8_bgtasks.fixes.render import render
from flake8_bgtasks.fixes.surroundings import surroundings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Plan
    from flake8_bgtasks.fixes.plans import Style
    from flake8_bgtasks.tracking.program import Program


def planner(program: Program, style: Style) -> Callable[[Finding], Plan | Refusal | None]:
    """Return what plans the fixes of a program; an error of our own there is a refusal."""
    from flake8_bgtasks.fixes.plans import Planning

    planning = Planning(program, style)

    def plan(finding: Finding) -> Plan | Refusal | None:
        try:
            return planning.plan(finding)
        except Exception as error:  # the other findings are still repaired
            return Refusal(f"internal error: {describe(error)}")

    return plan


class Offers:
    """Keeps the program of a check, and says how its findings would be repaired."""

    def __init__(self, style: Style) -> None:
        """Without a program, which `engine.check` hands over, there are no fixes."""
        self._style = style
        self._program: Program | None = None
        self._documents: dict[str, Document] = {}

    def __call__(self, program: Program) -> None:
        """Take the program."""
        self._program = program

    def attached(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings with their fix, or with the reason why there is none."""
        if self._program is None:
            return list(findings)
        plan = planner(self._program, self._style)
        return [self._attached(self._program, finding, plan(finding)) for finding in findings]

    def _attached(self, program: Program, finding: Finding, plan: Plan | Refusal | None) -> Finding:
        if plan is None:
            return finding
        if isinstance(plan, Refusal):
            return replace(finding, refusal=plan.reason)
        try:
            edits = tuple(self._edits(program, plan))
        except CannotEditError as error:
            return replace(finding, refusal=str(error))
        return replace(finding, fix=Fix(plan.applicability, plan.title, edits))

    def _edits(self, program: Program, plan: Plan) -> Iterator[Edit]:
        surroundings = program.once(surroundings_of)
        for path in sorted(set(map(path_of, plan.edits))):
            if path not in self._documents:
                content = program.files.content(path)
                self._documents[path] = Document(path, content, surroundings.width(path))
            document = self._documents[path]
            mine = [edit for edit in plan.edits if path_of(edit) == path]
            for change in render(document, mine, surroundings):
                yield Edit(path, document.span(change.start, change.end), change.text)
