"""Findings as lines of text, as flake8's default format has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.reporters.colors import painter
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_bgtasks.findings import Finding, Span
    from flake8_bgtasks.reporters.outcome import Outcome

WIDEST = 200
BEFORE = 80
INDENT = "    "
CHANGES = {"+": "green", "-": "red", "@": "cyan"}


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines, without line ends."""
    for finding in outcome.findings:
        yield _line(finding, outcome)
        yield from details(finding, outcome)
    if outcome.statistics:
        yield from statistics(outcome.findings)


def details(finding: Finding, outcome: Outcome) -> Iterator[str]:
    """Yield what is asked for below a finding: its source, its related places, its fix."""
    if outcome.show_source:
        yield from source(outcome.source_of(finding.path).line(finding.span.line), finding.span)
        yield from _related(finding, outcome)
    if outcome.show_fixes:
        yield from _fix(finding, outcome)


def statistics(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield flake8's statistics: how often each code was found, and its first message."""
    first = {finding.code: finding for finding in reversed(findings)}
    for code in sorted(first):
        count = sum(finding.code == code for finding in findings)
        yield f"{count:<5} {code} {printable(first[code].message)}"


def _line(finding: Finding, outcome: Outcome) -> str:
    from flake8.formatting.default import COLORS, COLORS_OFF, Default

    values = {
        "path": printable(outcome.paths.shown(finding.path)),
        "row": finding.span.line,
        "col": finding.span.column,
        "code": finding.code,
        "text": printable(finding.message),
    }
    line: str = Default.error_format % {**values, **(COLORS if outcome.color else COLORS_OFF)}
    return line


def source(line: str, span: Span) -> Iterator[str]:
    """Yield the line with a caret below it; of a very long one only what is near the caret."""
    if not line:
        return
    start = max(span.column - 1 - BEFORE, 0) if len(line) > WIDEST else 0
    before = printable(line[start : span.column - 1], keep="\t")
    after = printable(line[max(span.column - 1, 0) : start + WIDEST], keep="\t")
    yield before + after
    yield "".join(character if character == "\t" else " " for character in before) + "^"


def _related(finding: Finding, outcome: Outcome) -> Iterator[str]:
    paint = painter(color=outcome.color)
    for related in finding.related:
        place = f"{outcome.paths.shown(related.path)}:{related.span.line}:{related.span.column}"
        yield f"{INDENT}{paint(printable(place), 'cyan')}: {printable(related.message)}"


def _fix(finding: Finding, outcome: Outcome) -> Iterator[str]:
    from flake8_bgtasks.reporters.diff import diff

    paint = painter(color=outcome.color)
    if finding.fix is None:
        if finding.refusal:
            yield f"{INDENT}no fix: {printable(finding.refusal)}"
        return
    yield f"{INDENT}{finding.fix.applicability} fix: {printable(finding.fix.title)}"
    for line in diff(finding.fix, outcome):
        shown = printable(line, keep="\t")
        yield INDENT + (paint(shown, CHANGES[shown[0]]) if shown[:1] in CHANGES else shown)
