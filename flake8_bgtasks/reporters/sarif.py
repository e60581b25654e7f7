"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flake8_bgtasks import __version__
from flake8_bgtasks.findings import Related
from flake8_bgtasks.fingerprints import fingerprints
from flake8_bgtasks.reporters.document import TOOL, lines_of, one_line, uri
from flake8_bgtasks.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flake8_bgtasks.findings import Edit, Finding, Fix, Span
    from flake8_bgtasks.paths import Paths
    from flake8_bgtasks.reporters.outcome import Outcome
    from flake8_bgtasks.rules import Rule

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LINK = re.compile(r"\[([^][]*)\](?=\()")


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of one JSON document."""
    yield from lines_of({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(outcome)]})


def _run(outcome: Outcome) -> dict[str, Any]:
    rules = [*map(_rule, RULES), *_other_rules(outcome.findings)]
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    identified = fingerprints(outcome.findings, outcome.source_of)
    driver = {"name": TOOL, "semanticVersion": __version__, "rules": rules}
    return {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                **_result(finding, numbers, outcome.paths),
                "partialFingerprints": {f"{TOOL}/v1": digest},
            }
            for finding, digest in identified
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": one_line(rule.page.split("\n\n")[1])},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"enabled": rule.on_by_default, "level": "error"},
    }


def _other_rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the rules of other plugins, whose findings come along in flake8's formats."""
    ours = {rule.code for rule in RULES}
    return [{"id": code} for code in sorted({finding.code for finding in findings} - ours)]


def _result(finding: Finding, numbers: Mapping[str, int], paths: Paths) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": numbers[finding.code],
        "level": "error",
        "message": _message(finding.message),
        "locations": [_location(finding.path, finding.span, paths)],
    }
    if finding.way:
        result["codeFlows"] = [_code_flow(finding, paths)]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_related(related, paths)}
            for number, related in enumerate(finding.related, start=1)
        ]
    if finding.fix:
        result["fixes"] = [_fix(finding.fix, paths)]
    return result


def _message(text: str) -> dict[str, str]:
    """Return a message; what looks like a link of SARIF's (3.11.6) is escaped."""
    return {"text": LINK.sub(r"\\[\1\\]", one_line(text))}


def _code_flow(finding: Finding, paths: Paths) -> dict[str, Any]:
    """Return the way of the request from the route to the finding."""
    steps = (*finding.way, Related(finding.path, finding.span, finding.message))
    locations = [
        {"location": _related(step, paths), "executionOrder": number}
        for number, step in enumerate(steps, start=1)
    ]
    return {"threadFlows": [{"locations": locations}]}


def _related(related: Related, paths: Paths) -> dict[str, Any]:
    return {
        **_location(related.path, related.span, paths),
        "message": _message(related.message),
    }


def _location(path: str, span: Span, paths: Paths) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": _artifact(path, paths), "region": _region(span)}
    }


def _artifact(path: str, paths: Paths) -> dict[str, str]:
    return {"uri": uri(paths.relative(path)), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix, paths: Paths) -> dict[str, Any]:
    files: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        files.setdefault(edit.path, []).append(edit)
    return {
        "description": _message(f"{fix.title} ({fix.applicability})"),
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path, paths),
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                    for edit in edits
                ],
            }
            for path, edits in files.items()
        ],
    }
