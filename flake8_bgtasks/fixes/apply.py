"""Fixing a project in memory: plan, merge, render, verify, until nothing more can be repaired."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.document import CannotEditError
from flake8_bgtasks.fixes.edits import Plan, Refusal, path_of
from flake8_bgtasks.fixes.rewriting import Rewriter
from flake8_bgtasks.fixes.verify import problem
from flake8_bgtasks.fixes.write import changed_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.render import Surroundings
    from flake8_bgtasks.fixes.verify import Rewritten
    from flake8_bgtasks.fixes.write import NewContent
    from flake8_bgtasks.report import Report

    Contents = Mapping[str, bytes]

OVERLAPS = "it changes the same code as another fix"


@dataclass(frozen=True)
class Examined:
    """A project in one state.

    `report` is about all its files; `chosen` are the findings that are to be repaired: none that is
    deselected, or silenced by a comment. `content(path)` is what a file holds.
    """

    report: Report
    chosen: tuple[Finding, ...]
    plan: Callable[[Finding], Plan | Refusal | None]
    surroundings: Surroundings
    content: Callable[[str], bytes]


@dataclass(frozen=True)
class Rules:
    """What may be done. `obstacle(path)` says why a file can't be changed, None if it can.

    `forks` allows a second process, for as long as this one has one thread only.
    """

    unsafe: bool
    obstacle: Callable[[str], str | None]
    forks: bool = False


@dataclass(frozen=True)
class Repaired:
    """What became of a project: files to write, and of each finding that is left, why.

    `unsafe` are findings that only an unsafe fix would repair. `fixed` counts findings.
    """

    files: tuple[NewContent, ...]
    examined: Examined
    fixed: int
    unsafe: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]


@dataclass(frozen=True)
class _Step:
    finding: Finding
    plan: Plan


@dataclass
class _Sorted:
    """The chosen findings of a state, by what can be done about them."""

    steps: list[_Step] = field(default_factory=list)
    unsafe: list[Finding] = field(default_factory=list)
    refused: dict[Finding, str] = field(default_factory=dict)


def repair(examine: Callable[[Contents], Examined], rules: Rules) -> Repaired:
    """Repair what can be repaired; `examine` looks at the project with some contents replaced.

    Every round leaves fewer findings than the one before, so that there is a last one.
    """
    with _TidiedUp(examine) as tidied:
        return _repair(tidied, rules)


class _TidiedUp:
    """Examines states, and looks for garbage only when there is some: the third state begins.

    Else Python would, which takes a fifth of the time, while all that is there is needed.
    """

    def __init__(self, examine: Callable[[Contents], Examined]) -> None:
        self._examine = examine
        self._seen = 0

    def __enter__(self) -> Callable[[Contents], Examined]:
        self._collects = gc.isenabled()
        gc.disable()
        return self._examined

    def __exit__(self, *_error: object) -> None:
        if self._collects:
            gc.enable()

    def _examined(self, contents: Contents) -> Examined:
        self._seen += 1
        if self._seen > 2:
            gc.collect()
        return self._examine(contents)


def _repair(examine: Callable[[Contents], Examined], rules: Rules) -> Repaired:
    contents: Contents = {}
    first = examined = examine(contents)
    while True:
        found = _sorted_out(examined, rules)
        round_ = _Round(examine, contents, examined, rules)
        if not round_.settle(found.steps):
            return Repaired(
                files=changed_files(first.content, contents),
                examined=examined,
                fixed=len(first.chosen) - len(examined.chosen),
                unsafe=tuple(found.unsafe),
                refused=tuple({**found.refused, **round_.dropped}.items()),
            )
        contents, examined = round_.contents, round_.examined


def _sorted_out(examined: Examined, rules: Rules) -> _Sorted:
    found = _Sorted()
    for finding in sorted(examined.chosen):
        plan = examined.plan(finding)
        if isinstance(plan, Refusal):
            found.refused[finding] = plan.reason
        elif plan is not None:
            obstacles = [rules.obstacle(path) for path in sorted(set(map(path_of, plan.edits)))]
            reason = next((reason for reason in obstacles if reason), None)
            if reason is not None:
                found.refused[finding] = reason
            elif plan.applicability == "unsafe" and not rules.unsafe:
                found.unsafe.append(finding)
            else:
                found.steps.append(_Step(finding, plan))
    return found


class _Round:
    """Makes as many of the planned fixes as go together, each verified."""

    def __init__(
        self,
        examine: Callable[[Contents], Examined],
        contents: Contents,
        examined: Examined,
        rules: Rules,
    ) -> None:
        self.contents = contents
        self.examined = examined
        self.dropped: dict[Finding, str] = {}
        self._examine = examine
        self._before = (contents, examined)
        self._rewriter = Rewriter(examined.surroundings, examined.content, forks=rules.forks)

    def settle(self, steps: Sequence[_Step]) -> list[_Step]:
        """Return the steps that are made; of two that conflict, the first that is any good."""
        kept = self._compatible(steps)
        made = self._verified([], kept)
        for step in steps if len(made) < len(kept) else ():
            if step not in kept and self._clash(made, step) is None:
                del self.dropped[step.finding]
                made = self._verified(made, [step])
        return made

    def _compatible(self, steps: Sequence[_Step]) -> list[_Step]:
        """Return the steps whose edits can be made together."""
        try:
            self._render(steps)
        except CannotEditError:
            return self._one_by_one(steps)
        return list(steps)

    def _one_by_one(self, steps: Sequence[_Step]) -> list[_Step]:
        kept: list[_Step] = []
        for step in steps:
            reason = self._clash(kept, step)
            if reason is None:
                kept.append(step)
            else:
                self.dropped[step.finding] = reason
        return kept

    def _clash(self, kept: Sequence[_Step], step: _Step) -> str | None:
        """Return why a step can't be made, alone or beside those that are kept."""
        try:
            self._render([step])
        except CannotEditError as error:
            return str(error)
        try:
            self._render([*kept, step])
        except CannotEditError:
            return OVERLAPS
        return None

    def _verified(self, made: list[_Step], steps: list[_Step]) -> list[_Step]:
        """Add steps to those made: all of them, else half by half."""
        if not steps:
            return made
        reason = self._attempt([*made, *steps])
        if reason is None:
            return [*made, *steps]
        if len(steps) == 1:
            self.dropped[steps[0].finding] = reason
            return made
        half = len(steps) // 2
        return self._verified(self._verified(made, steps[:half]), steps[half:])

    def _attempt(self, steps: Sequence[_Step]) -> str | None:
        """Make steps; return why they are no good, and leave things as they are then."""
        old_contents, old = self._before
        files = self._render(steps)
        contents = {**old_contents, **{path: file.content for path, file in files.items()}}
        examined = self._examine(contents)
        repaired = [step.finding for step in steps]
        reason = problem(old.report.findings, examined.report.findings, repaired, files)
        if reason is None:
            self.contents, self.examined = contents, examined
        return reason

    def _render(self, steps: Iterable[_Step]) -> dict[str, Rewritten]:
        """Return the files that steps change. Raises CannotEditError."""
        edits: dict[str, set[Edit]] = {}
        for step in steps:
            for edit in step.plan.edits:
                edits.setdefault(path_of(edit), set()).add(edit)
        return self._rewriter.rewritten(edits)
