"""Showing a report: what is selected of it, in which form, on a stream or in a file."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.paths import Paths
from flake8_bgtasks.reporters import DOCUMENTS, LINES, render
from flake8_bgtasks.reporters.outcome import Outcome
from flake8_bgtasks.reporters.text import statistics
from flake8_bgtasks.selection import select
from flake8_bgtasks.sources import Source, read_source
from flake8_bgtasks.terminal import print_lines, wants_color
from flake8_bgtasks.writing import open_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import SimpleNamespace
    from typing import TextIO

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.inputs import Inputs
    from flake8_bgtasks.report import Report


class Presentation:
    """Shows what `options` want to see of a run on `inputs`."""

    def __init__(self, options: SimpleNamespace, inputs: Inputs, cwd: str) -> None:
        """`cwd` is where the run was started."""
        self._options = options
        self._overlays = inputs.overlays
        self._paths = Paths(inputs.found.root, cwd, inputs.given)
        self._source_of = lru_cache(maxsize=None)(self._read_source)

    def select(self, report: Report) -> Sequence[Finding]:
        """Return the findings that are wanted, less those that the baseline lists."""
        new = self._new(report.findings)
        return select(new, self._options, self._paths, self._source_of)

    def _new(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Return the findings that the baseline does not list; all, where it is written anew."""
        if not self._options.baseline or self._options.write_baseline:
            return findings
        from flake8_bgtasks.baseline import only_new, read_baseline

        return only_new(findings, read_baseline(self._options.baseline), self._source_of)

    def adopt(self, shown: Sequence[Finding], stdout: TextIO) -> None:
        """Write the findings to a baseline, or silence them in the code."""
        print_lines(self._adopt(shown), stdout)

    def _adopt(self, shown: Sequence[Finding]) -> Iterable[str]:
        from flake8_bgtasks.adoption import add_noqa, record

        if self._options.write_baseline:
            return record(self._options.write_baseline, shown, self._source_of)
        if self._overlays:
            raise UsageError("--add-noqa writes to files, not to standard input")
        return add_noqa(shown, self._paths)

    def outcome(
        self,
        shown: Sequence[Finding],
        report: Report,
        fixed: int,
        stdout: TextIO,
        started: float,
    ) -> Outcome:
        """Say what is shown; `started` is the `time.perf_counter` of the run's start."""
        return Outcome(
            findings=tuple(shown),
            files=report.files,
            parsed=report.parsed,
            fixed=fixed,
            elapsed=time.perf_counter() - started,
            paths=self._paths,
            source_of=self._source_of,
            color=self._wants_color(stdout),
            show_source=self._options.show_source,
            show_fixes=self._options.show_fixes,
            statistics=self._options.statistics,
        )

    def write(self, outcome: Outcome, stdout: TextIO, stderr: TextIO) -> Sequence[str] | None:
        """Write the report. Raises UsageError where it can't be written.

        Returns its lines if they are all that was written, to `stdout`, and tell no time.
        """
        options = self._options
        if options.statistics and options.format in DOCUMENTS:
            print_lines(statistics(outcome.findings), stderr)
        lines = list(render(options.format, outcome))
        if not options.output_file:
            print_lines(lines, stdout)
            return lines if options.format in LINES and not outcome.fixed else None
        try:
            with open_report(options.output_file) as file:
                file.writelines(f"{line}\n" for line in lines)
        except OSError as error:
            place = f"--output-file: can't write {options.output_file}"
            raise UsageError(f"{place}: {error.strerror}") from error
        return None

    def _read_source(self, path: str) -> Source:
        return read_source(self._paths.absolute(path), self._overlays.get(path))

    def _wants_color(self, stdout: TextIO) -> bool:
        mode, file = self._options.color, self._options.output_file
        return wants_color("never" if file and mode == "auto" else mode, stdout, os.environ)
