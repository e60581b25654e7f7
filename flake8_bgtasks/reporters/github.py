"""Findings as annotations of GitHub Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.reporters.names import name_of
from flake8_bgtasks.reporters.text import statistics
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.reporters.outcome import Outcome

# https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines, without line ends."""
    for finding in outcome.findings:
        yield _annotation(finding, outcome.paths.relative(finding.path))
    if outcome.statistics:
        yield from statistics(outcome.findings)


def _annotation(finding: Finding, path: str) -> str:
    span = finding.span
    properties = {
        "file": path,
        "line": span.line,
        "col": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "title": f"{finding.code} {name_of(finding.code)}",
    }
    joined = ",".join(f"{name}={_escaped(value)}" for name, value in properties.items())
    return f"::error {joined}::{printable(finding.message, keep=chr(10)).translate(DATA)}"


def _escaped(value: object) -> str:
    return printable(str(value), keep="\r\n").translate(PROPERTY)
