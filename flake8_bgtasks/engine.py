"""The use case: a project's files in, a report out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Finding, Report, Span
from flake8_bgtasks.project.files import Files
from flake8_bgtasks.project.interest import find_interest
from flake8_bgtasks.project.modules import Modules
from flake8_bgtasks.project.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from flake8_bgtasks.project.interest import Interest
    from flake8_bgtasks.settings import Settings

    Progress = Callable[[str, int, int], None]

SYNTAX_BUDGET = 1_000_000
"""Files that can't matter are parsed, for BGT900 alone, while a run has no more bytes of them."""


def check(
    root: Path,
    files: Collection[str],
    reported: Collection[str],
    settings: Settings,
    overlays: Mapping[str, bytes] | None = None,
    named: Collection[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Check a project.

    `files` are all its Python files, relative to `root` with `/`; `reported` those whose findings
    are wanted; `overlays` replaces the content of files on disk (editor buffers, standard input);
    `named` are the files that the user named one by one (always parsed, for BGT900).
    `progress(stage, done, total)` is called now and then. Never raises for bad input: a file that can't be
    read, decoded or parsed is a BGT900 finding; an error of our own is a BGT901 finding.
    """
    run = _Run(root, files, settings, overlays or {}, progress or _silent)
    findings = [*run.findings(), *run.broken(reported, named)]
    wanted = frozenset(reported)
    kept = {finding for finding in findings if finding.path in wanted}
    return Report(tuple(sorted(kept, key=_order)), len(wanted), run.files.parsed)


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


def _order(finding: Finding) -> tuple[str, Span, str, str]:
    return (finding.path, finding.span, finding.code, finding.message)


class _Run:
    def __init__(
        self,
        root: Path,
        paths: Collection[str],
        settings: Settings,
        overlays: Mapping[str, bytes],
        progress: Progress,
    ) -> None:
        self.files = Files(root, overlays)
        self._paths = sorted({*paths, *overlays})
        self._settings = settings
        self._progress = progress

    def findings(self) -> Iterator[Finding]:
        names = Names(Modules(self._paths), self.files.surface)
        interest = find_interest(self._paths, self.files, names)
        if interest.relevant:
            yield from self._apply_rules(names, interest)

    def _apply_rules(self, names: Names, interest: Interest) -> Iterator[Finding]:
        from flake8_bgtasks.rules import RULES
        from flake8_bgtasks.tracking.program import Program

        program = Program(self.files, names, interest, self._settings, self._paths)
        for number, rule in enumerate(RULES):
            self._progress("rules", number, len(RULES))
            yield from rule.check(program)

    def broken(self, reported: Collection[str], named: Collection[str]) -> Iterator[Finding]:
        """Parse what nobody has parsed yet, as far as that is cheap, and report what can't be."""
        self._parse(sorted(named))
        others = sorted(set(reported) - set(named))
        if self.files.size(others) <= SYNTAX_BUDGET:
            self._parse(others)
        for path, reason in self.files.bad.items():
            span = Span(reason.line, reason.column, reason.line, reason.column)
            yield Finding(path, span, "BGT900", reason.message)

    def _parse(self, paths: list[str]) -> None:
        for path in paths:
            self.files.outline(path)
