"""Findings file by file, their columns aligned."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flake8_bgtasks.reporters.colors import painter
from flake8_bgtasks.reporters.text import details, statistics
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.reporters.outcome import Outcome


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines, without line ends."""
    paint = painter(color=outcome.color)
    for path, findings in groupby(outcome.findings, key=lambda finding: finding.path):
        yield paint(f"{printable(outcome.paths.shown(path))}:", "bold")
        yield from _group(list(findings), outcome)
        yield ""
    if outcome.statistics:
        yield from statistics(outcome.findings)


def _group(findings: Sequence[Finding], outcome: Outcome) -> Iterator[str]:
    paint = painter(color=outcome.color)
    places = [f"{finding.span.line}:{finding.span.column}" for finding in findings]
    width = max(map(len, places))
    for place, finding in zip(places, findings, strict=True):
        code = paint(finding.code, "red")
        yield f"  {place:>{width}}  {code}  {printable(finding.message)}"
        yield from (f"  {line}" for line in details(finding, outcome))
