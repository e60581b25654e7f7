"""Findings in the diagnostic format of reviewdog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flake8_bgtasks.reporters.document import TOOL, lines_of, one_line
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding, Fix, Span
    from flake8_bgtasks.reporters.outcome import Outcome

# https://github.com/reviewdog/reviewdog/blob/master/proto/rdf/reviewdog.proto


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of one JSON document."""
    diagnostics = [_diagnostic(finding, outcome) for finding in outcome.findings]
    yield from lines_of({"source": {"name": TOOL}, "severity": "ERROR", "diagnostics": diagnostics})


def _diagnostic(finding: Finding, outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {
        "message": one_line(finding.message),
        "location": _location(finding.path, finding.span, outcome),
        "severity": "ERROR",
        "code": {"value": finding.code},
    }
    if finding.related:
        found["related_locations"] = [
            {
                "message": one_line(related.message),
                "location": _location(related.path, related.span, outcome),
            }
            for related in finding.related
        ]
    if finding.fix and _is_local(finding.fix, finding.path):
        found["suggestions"] = [
            {"range": _range(edit.path, edit.span, outcome), "text": edit.text}
            for edit in finding.fix.edits
        ]
    return found


def _is_local(fix: Fix, path: str) -> bool:
    """Tell whether a suggestion can hold the fix: it is always about the diagnostic's file."""
    return all(edit.path == path for edit in fix.edits)


def _location(path: str, span: Span, outcome: Outcome) -> dict[str, Any]:
    return {
        "path": printable(outcome.paths.relative(path)),
        "range": _range(path, span, outcome),
    }


def _range(path: str, span: Span, outcome: Outcome) -> dict[str, Any]:
    return {
        "start": _position(path, span.line, span.column, outcome),
        "end": _position(path, span.end_line, span.end_column, outcome),
    }


def _position(path: str, line: int, column: int, outcome: Outcome) -> dict[str, int]:
    """Return a position whose column counts bytes of UTF-8, from 1."""
    before = outcome.source_of(path).line(line)[: column - 1]
    wider = len(before.encode("utf-8", "surrogatepass")) - len(before)
    return {"line": line, "column": column + wider}
