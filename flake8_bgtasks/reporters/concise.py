"""Findings in a few words, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.reporters.colors import painter
from flake8_bgtasks.reporters.names import summary_of
from flake8_bgtasks.reporters.text import statistics
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.reporters.outcome import Outcome


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines, without line ends."""
    paint = painter(color=outcome.color)
    for finding in outcome.findings:
        path = paint(printable(outcome.paths.shown(finding.path)), "bold")
        code = paint(finding.code, "red")
        summary = printable(summary_of(finding.code, finding.message))
        yield f"{path}:{finding.span.line}:{finding.span.column}: {code} {summary}"
    if outcome.statistics:
        yield from statistics(outcome.findings)
