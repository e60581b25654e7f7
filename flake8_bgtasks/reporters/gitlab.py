"""Findings as a Code Quality report of GitLab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flake8_bgtasks.fingerprints import fingerprints
from flake8_bgtasks.reporters.document import lines_of, one_line
from flake8_bgtasks.reporters.names import name_of
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.reporters.outcome import Outcome

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of one JSON document."""
    identified = fingerprints(outcome.findings, outcome.source_of)
    yield from lines_of([_issue(finding, digest, outcome) for finding, digest in identified])


def _issue(finding: Finding, digest: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "description": one_line(f"{finding.code} {finding.message}"),
        "check_name": f"{finding.code} {name_of(finding.code)}",
        "fingerprint": digest,
        "severity": "major",
        "location": {
            "path": printable(outcome.paths.relative(finding.path)),
            "lines": {"begin": finding.span.line, "end": finding.span.end_line},
        },
    }
