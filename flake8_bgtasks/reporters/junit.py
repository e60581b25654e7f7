"""Findings as a JUnit report: a test suite per file, a failed test case per finding."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from flake8_bgtasks.reporters.document import TOOL, one_line
from flake8_bgtasks.reporters.names import name_of
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.reporters.outcome import Outcome


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of one XML document, in ASCII."""
    root = ElementTree.Element("testsuites", {"name": TOOL, **_counts(len(outcome.findings))})
    for path, findings in groupby(outcome.findings, key=lambda finding: finding.path):
        _suite(root, printable(outcome.paths.relative(path)), list(findings))
    if not outcome.findings:
        _passed(root)
    ElementTree.indent(root)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield from ElementTree.tostring(root, encoding="us-ascii").decode("ascii").split("\n")


def _counts(failures: int) -> dict[str, str]:
    return {"tests": str(failures or 1), "failures": str(failures), "errors": "0"}


def _suite(root: Element, path: str, findings: list[Finding]) -> None:
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": path, "package": TOOL, **_counts(len(findings))}
    )
    for finding in findings:
        place = f"{finding.span.line}:{finding.span.column}"
        name = f"{finding.code} {name_of(finding.code)} at {place}"
        line = str(finding.span.line)
        attributes = {"name": name, "classname": path, "file": path, "line": line}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        message = one_line(finding.message)
        failure = {"message": message, "type": finding.code}
        ElementTree.SubElement(case, "failure", failure).text = f"{path}:{place}: {message}"


def _passed(root: Element) -> None:
    """Add a test that passed: readers take a report without tests for a broken one."""
    suite = ElementTree.SubElement(root, "testsuite", {"name": TOOL, **_counts(0)})
    ElementTree.SubElement(suite, "testcase", {"name": "no findings", "classname": TOOL})
