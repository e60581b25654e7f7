"""Source on the page: the lines around a place, and two versions side by side."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING

from flake8_bgtasks.web.page import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.sources import Source

CONTEXT = 2
WIDEST = 400


def excerpt(source: Source, span: Span, place: str) -> Iterator[str]:
    """Yield a table with the line of a place, what is meant in it marked, and those around it."""
    first = max(span.line - CONTEXT, 1)
    last = min(span.line + CONTEXT, len(source.lines))
    if span.line > last:
        return
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="Code at {text(place)}">'
    yield '<table class="code" role="presentation">'
    for number in range(first, last + 1):
        line = source.line(number)[:WIDEST]
        is_hit = number == span.line
        row = ' class="hit"' if is_hit else ""
        shown = _marked(line, span) if is_hit else text(line)
        yield f'<tr{row}><td class="no">{number}</td><td>{shown}</td></tr>'
    yield "</table></div>"


def _marked(line: str, span: Span) -> str:
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    before, hit, after = line[:start], line[start:end], line[max(start, end) :]
    return f"{text(before)}<mark>{text(hit)}</mark>{text(after)}"


def side_by_side(path: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield a table of the changed lines, old on the left and new on the right."""
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="Changes in {text(path)}">'
    yield f'<table class="code diff"><caption>{text(path)}</caption>'
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(CONTEXT)):
        if number:
            yield '<tr><td class="no">⋮</td><td></td><td class="no">⋮</td><td></td></tr>'
        for tag, *ends in group:
            yield from _rows(tag != "equal", before, after, ends)
    yield "</table></div>"


def _rows(
    is_changed: bool, before: Sequence[str], after: Sequence[str], ends: Sequence[int]
) -> Iterator[str]:
    old_start, old_end, new_start, new_end = ends
    for old, new in zip_longest(range(old_start, old_end), range(new_start, new_end)):
        left = _cell(before, old, "before", "minus" if is_changed else "")
        right = _cell(after, new, "after", "plus" if is_changed else "")
        yield f"<tr>{left}{right}</tr>"


def _cell(lines: Sequence[str], index: int | None, side: str, change: str) -> str:
    if index is None:
        return f'<td class="no"></td><td class="{side}"></td>'
    sign = {"minus": "- ", "plus": "+ "}.get(change, "  ")
    line = text(lines[index].rstrip("\r\n")[:WIDEST])
    classes = f"{side} {change}".strip()
    return f'<td class="no">{index + 1}</td><td class="{classes}">{sign}{line}</td>'
