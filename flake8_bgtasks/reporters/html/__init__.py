"""Findings as one page for the browser, by route, with their code, their way and their fix."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flake8_bgtasks.reporters.html.finding import article
from flake8_bgtasks.reporters.names import name_of, summary_of
from flake8_bgtasks.rules import rule_for
from flake8_bgtasks.web.page import page, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.reporters.outcome import Outcome

NO_ROUTE = "Reached from no known route"


def render(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from page("Lost background tasks", _body(outcome))


def _body(outcome: Outcome) -> Iterator[str]:
    yield "<header>"
    yield "<h1>Lost background tasks</h1>"
    yield from _numbers(outcome)
    yield "</header>"
    if outcome.findings:
        yield from _tools(outcome.findings)
    yield '<main id="main">'
    if not outcome.findings:
        yield "<p>Nothing found: every background task that is followed runs.</p>"
    for route, findings in _by_route(outcome.findings):
        yield '<section data-group="">'
        yield f"<h2>{text(route)}</h2>"
        for finding in findings:
            yield from article(finding, outcome)
        yield "</section>"
    if outcome.findings:
        yield from _rules(outcome.findings)
    yield "</main>"


def _by_route(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Group by what the request comes in through; what no request reaches stands last."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.way[0].step if finding.way else NO_ROUTE, []).append(finding)
    return sorted(groups.items(), key=lambda group: (group[0] == NO_ROUTE, group[0]))


def _numbers(outcome: Outcome) -> Iterator[str]:
    findings = outcome.findings
    routes = {finding.way[0].step for finding in findings if finding.way}
    yield '<ul class="numbers">'
    for number, noun in (
        (len(findings), "findings"),
        (len({finding.path for finding in findings}), "files with findings"),
        (len(routes), "routes concerned"),
        (sum(finding.fix is not None for finding in findings), "with a fix"),
        (outcome.files, "files checked"),
    ):
        yield f"<li><b>{number}</b> {noun}</li>"
    yield "</ul>"


def _tools(findings: Sequence[Finding]) -> Iterator[str]:
    counts = Counter(finding.code for finding in findings)
    codes = [(code, f"{code} {name_of(code)} ({counts[code]})") for code in sorted(counts)]
    fixes = [("safe", "a safe fix"), ("unsafe", "an unsafe fix"), ("none", "no fix")]
    yield '<div class="tools" role="search">'
    yield '<form class="filter" hidden>'
    yield '<label>Search <input name="search" type="search" placeholder="Press / to search">'
    yield "</label>"
    yield from _select("Rule", "code", codes)
    yield from _select("With", "fix", fixes)
    yield '<output aria-live="polite"></output>'
    yield "</form>"
    yield "</div>"


def _select(label: str, name: str, options: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f'<label>{label} <select name="{name}">'
    yield '<option value="">all</option>'
    for value, words in options:
        yield f'<option value="{text(value)}">{text(words)}</option>'
    yield "</select></label>"


def _rules(findings: Iterable[Finding]) -> Iterator[str]:
    first = {finding.code: finding.message for finding in findings}
    yield "<section>"
    yield "<h2>The rules</h2>"
    for code in sorted(first):
        summary = summary_of(code, first[code])
        yield '<details class="rule">'
        yield f"<summary><b>{text(code)}</b> {text(name_of(code))}: {text(summary)}</summary>"
        yield f'<div id="{text(code)}">'
        yield from _page(code)
        yield "</div></details>"
    yield "</section>"


def _page(code: str) -> Iterator[str]:
    try:
        lines = rule_for(code).page.splitlines()
    except KeyError:  # another plugin's
        return
    yield "<pre>"
    yield from map(text, lines)
    yield "</pre>"
