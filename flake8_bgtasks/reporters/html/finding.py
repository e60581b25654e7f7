"""One finding on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.reporters.diff import changed_files
from flake8_bgtasks.reporters.html.code import excerpt, side_by_side
from flake8_bgtasks.reporters.names import name_of
from flake8_bgtasks.web.page import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding, Fix, Related
    from flake8_bgtasks.reporters.outcome import Outcome


def article(finding: Finding, outcome: Outcome) -> Iterator[str]:
    """Yield the lines of its HTML."""
    place = f"{outcome.paths.relative(finding.path)}:{finding.span.line}:{finding.span.column}"
    name = name_of(finding.code)
    words = " ".join((finding.code, name, place, finding.message, *_steps(finding))).lower()
    level = finding.fix.applicability if finding.fix else "none"
    yield (
        f'<article class="finding" data-code="{text(finding.code)}" data-fix="{text(level)}"'
        f' data-text="{text(words)}">'
    )
    yield f'<header><h3><a class="code-badge" href="#{text(finding.code)}">{text(finding.code)}</a>'
    yield f'{text(name)}</h3> <span class="place">{text(place)}</span></header>'
    yield f"<p>{text(finding.message)}</p>"
    yield from excerpt(outcome.source_of(finding.path), finding.span, place)
    yield from _way(finding, outcome, place)
    yield from _beside(finding, outcome)
    if finding.fix:
        yield from _fix(finding.fix, outcome)
    elif finding.refusal:
        yield f"<h4>No fix</h4><p>{text(finding.refusal)}</p>"
    yield "</article>"


def _steps(finding: Finding) -> Iterator[str]:
    yield from (related.step for related in finding.way)


def _way(finding: Finding, outcome: Outcome, place: str) -> Iterator[str]:
    if finding.way:
        yield "<h4>The way of the request</h4><ol>"
        yield from (_place(step, outcome) for step in finding.way)
        name = text(f"{finding.code} {name_of(finding.code)}")
        yield f'<li><b class="lost">{name}</b> <span class="place">{text(place)}</span></li>'
        yield "</ol>"


def _beside(finding: Finding, outcome: Outcome) -> Iterator[str]:
    beside = [related for related in finding.related if not related.step]
    if beside:
        yield "<h4>See also</h4><ul>"
        yield from (_place(related, outcome) for related in beside)
        yield "</ul>"


def _place(related: Related, outcome: Outcome) -> str:
    path = outcome.paths.relative(related.path)
    place = f"{path}:{related.span.line}:{related.span.column}"
    return f'<li>{text(related.message)} <span class="place">{text(place)}</span></li>'


def _fix(fix: Fix, outcome: Outcome) -> Iterator[str]:
    level = text(fix.applicability)
    yield f'<h4>Proposed: {text(fix.title)} (<span class="{level}">{level}</span>)</h4>'
    for path, before, after in changed_files(fix, outcome):
        yield from side_by_side(outcome.paths.relative(path), before, after)
