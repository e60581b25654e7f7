"""Our formats in flake8: `flake8 --format bgtasks-sarif` and so on, for the codes of all plugins.

flake8 hands over lines and codes only; related places and fixes come from the analysis.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING

from flake8.exceptions import ExecutionError
from flake8.formatting.base import BaseFormatter

from flake8_bgtasks.writing import open_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flake8.violation import Violation

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.reporters.outcome import Outcome
    from flake8_bgtasks.request import Project

PREFIX = "bgtasks-"


class Formatter(BaseFormatter):  # type: ignore[misc]  # flake8 has no types
    """Collects the violations, and prints them when flake8 is done."""

    def after_init(self) -> None:
        """Start with nothing found."""
        self._form = self.options.format.removeprefix(PREFIX)
        self._violations: list[Violation] = []
        self._files = 0
        self._extra: list[str] = []

    def start(self) -> None:
        """Open a new file for the report, where flake8 would add to an old one."""
        if self.filename:
            try:
                self.output_fd = open_report(self.filename)
            except OSError as error:
                raise ExecutionError(f"can't write {self.filename}: {error.strerror}") from error

    def beginning(self, filename: str) -> None:  # noqa: ARG002 - flake8 calls it so
        """Count the file."""
        self._files += 1

    def handle(self, error: Violation) -> None:
        """Keep the violation."""
        self._violations.append(error)

    def stop(self) -> None:
        """Print everything: what is beside a document goes to standard error."""
        from flake8_bgtasks.reporters import DOCUMENTS, render

        for line in render(self._form, self._outcome()):
            super()._write(line)
        for line in self._extra:
            if self._form in DOCUMENTS:
                print(line, file=sys.stderr)
            else:
                super()._write(line)
        super().stop()

    def _write(self, output: str) -> None:
        """Keep flake8's statistics and benchmarks, which come first, until the report is out."""
        self._extra.append(output)

    def _outcome(self) -> Outcome:
        from flake8_bgtasks.paths import Paths
        from flake8_bgtasks.plugin import Plugin
        from flake8_bgtasks.reporters.outcome import Outcome
        from flake8_bgtasks.sources import Source, read_source

        project, analysed = _analysed()
        paths = Paths(project.root, project.cwd, tuple(self.options.filenames or (".",)))

        @cache
        def source_of(path: str) -> Source:
            return read_source(paths.absolute(path), Plugin.session.overlay(path))

        return Outcome(
            findings=tuple(_findings(self._violations, project, analysed)),
            files=self._files,
            parsed=0,
            elapsed=0.0,
            paths=paths,
            source_of=source_of,
            color=self.color,
            show_source=self.options.show_source,
        )


def _analysed() -> tuple[Project, Mapping[str, Sequence[Finding]]]:
    """Return the analysis; where it failed, flake8 has been told, and the report goes on."""
    from flake8_bgtasks.plugin import Plugin
    from flake8_bgtasks.request import Project
    from flake8_bgtasks.settings import Settings

    try:
        return Plugin.session.all_findings()
    except Exception:
        return Project(os.getcwd(), os.getcwd(), frozenset(), Settings()), {}


def _findings(
    violations: Iterable[Violation], project: Project, analysed: Mapping[str, Sequence[Finding]]
) -> Iterable[Finding]:
    """Yield our findings as the analysis has them, those of others as flake8 has them."""
    from flake8_bgtasks.findings import Finding, Span

    ours = {
        (path, finding.span.line, finding.span.column, finding.code): finding
        for path, findings in analysed.items()
        for finding in findings
    }
    for violation in violations:
        path = _relative(violation.filename, project)
        line, column = max(violation.line_number, 1), max(violation.column_number, 1)
        other = Finding(path, Span(line, column, line, column), violation.code, violation.text)
        yield ours.get((path, line, column, violation.code), other)


def _relative(filename: str, project: Project) -> str:
    """Return the path of any file relative to the project, also of one outside."""
    inside = project.relative(filename)
    if inside:
        return inside
    absolute = os.path.join(project.cwd, filename)
    return os.path.relpath(absolute, project.root).replace(os.sep, "/")
