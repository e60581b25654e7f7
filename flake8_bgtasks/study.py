"""Checking a project as the command line does, and keeping the program behind the findings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flake8_bgtasks.baseline import not_listed
from flake8_bgtasks.engine import check
from flake8_bgtasks.inputs import find_inputs, with_buffers
from flake8_bgtasks.options import settings_of
from flake8_bgtasks.paths import Paths
from flake8_bgtasks.selection import select
from flake8_bgtasks.sources import Source, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import SimpleNamespace

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.inputs import Inputs
    from flake8_bgtasks.report import Report
    from flake8_bgtasks.tracking.program import Program


@dataclass(frozen=True)
class Study:
    """What was checked and found; `findings` are those that the options select.

    `program` is None if the project holds no code that matters.
    """

    inputs: Inputs
    paths: Paths
    report: Report
    findings: Sequence[Finding]
    program: Program | None


def study(
    options: SimpleNamespace,
    cwd: str,
    read_stdin: Callable[[], bytes] = bytes,
    progress: Callable[[str, int, int], None] | None = None,
    buffers: Mapping[str, bytes] | None = None,
) -> Study:
    """Check what `options` ask for. Raises UsageError.

    `buffers` are contents that stand for files, by absolute path.
    """
    inputs = with_buffers(find_inputs(options, cwd, read_stdin), buffers or {})
    programs: list[Program] = []
    found = inputs.found
    report = check(
        found.root,
        found.files,
        found.reported,
        settings_of(options),
        overlays=inputs.overlays,
        named=found.named,
        progress=progress,
        linked=programs.append,
    )
    paths = Paths(found.root, cwd, inputs.given)

    @cache
    def source_of(path: str) -> Source:
        return read_source(paths.absolute(path), inputs.overlays.get(path))

    new = not_listed(report.findings, options.baseline, source_of)
    findings = select(new, options, paths, source_of)
    return Study(inputs, paths, report, findings, programs[0] if programs else None)
