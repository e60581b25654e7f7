"""Findings as JSON, in the form that `schema.json` beside this file describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flake8_bgtasks.reporters.document import lines_of
from flake8_bgtasks.reporters.names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding, Fix, Span
    from flake8_bgtasks.paths import Paths
    from flake8_bgtasks.reporters.outcome import Outcome

VERSION = 1


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of one JSON document, in ASCII and without line ends."""
    document = {
        "version": VERSION,
        "findings": [_finding(finding, outcome.paths) for finding in outcome.findings],
        "summary": _summary(outcome),
    }
    yield from lines_of(document)


def _summary(outcome: Outcome) -> dict[str, float]:
    return {
        "files": outcome.files,
        "parsed": outcome.parsed,
        "findings": len(outcome.findings),
        "fixable": sum(finding.fix is not None for finding in outcome.findings),
        "fixed": outcome.fixed,
        "elapsed_seconds": round(outcome.elapsed, 3),
    }


def _finding(finding: Finding, paths: Paths) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": name_of(finding.code),
        "message": finding.message,
        **_range(finding.path, finding.span, paths),
        "related": [
            {**_start(related.path, related.span, paths), "message": related.message}
            for related in finding.related
        ],
        "fix": finding.fix and _fix(finding.fix, paths),
        "refusal": finding.refusal,
    }


def _fix(fix: Fix, paths: Paths) -> dict[str, Any]:
    return {
        "applicability": fix.applicability,
        "title": fix.title,
        "edits": [{**_range(edit.path, edit.span, paths), "text": edit.text} for edit in fix.edits],
    }


def _start(path: str, span: Span, paths: Paths) -> dict[str, Any]:
    return {"path": paths.relative(path), "line": span.line, "column": span.column}


def _range(path: str, span: Span, paths: Paths) -> dict[str, Any]:
    return {
        **_start(path, span, paths),
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
