"""Breaking lines that new items would make too long, as Black and isort break them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.document import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_bgtasks.fixes.commas import CommaList, Item
    from flake8_bgtasks.fixes.document import Document

WIDTHS = (88, 100, 120)
"""Widths that formatters are often set to, Black's own first."""
_RARE = 0.01
_BREAK = re.compile(r"[ \t\f]*[\r\n]")


def fitted(
    items: CommaList,
    broken: set[int],
    *,
    inner: Sequence[Change] = (),
    one_each: bool = False,
    parenthesized: bool = True,
) -> Iterator[Change]:
    """Yield the changes of a list; its items get lines of their own if one gets too long.

    They go on one line together if they fit there, unless `one_each`. A list that is not
    `parenthesized`, of an import, is then. `inner` are changes within items, made by others.
    `broken` collects the lines (the offsets where they start) that are broken already: a second
    list on one stays as it is.
    """
    changes = list(items.changes())
    line = items.document.line_start(items.start)
    stays = bool(items.removed) or line in broken or not _is_outermost(items)
    if not stays and _overflows(items, items.start, items.end, [*changes, *inner]):
        broken.add(line)
        yield from _wrapped(items, one_each=one_each, parenthesized=parenthesized)
    elif not stays and _is_on_inner_line(items, [*changes, *inner]):
        yield from _stacked(items)
    else:
        yield from changes


def _is_on_inner_line(items: CommaList, changes: Sequence[Change]) -> bool:
    """Return whether items share a line below the bracket that gets too long."""
    if not items.items or not items.document.begins_line(items.items[0].start):
        return False
    first, last = items.items[0], items.items[-1]
    return last.comma is None and _overflows(items, first.start, last.end, changes)


def _overflows(items: CommaList, start: int, stop: int, changes: Sequence[Change]) -> bool:
    """Return whether a line gets too long that is not yet, and that holds the list."""
    document = items.document
    begin, end = document.line_start(start), document.line_end(start)
    if stop > end:
        return False
    length = _length(document.text[begin:end])
    grown = sum(len(change.text) - (change.end - change.start) for change in changes)
    return length <= _width(document) < length + grown


def _stacked(items: CommaList) -> Iterator[Change]:
    """Put each item of a line on a line of its own."""
    first = items.items[0].start
    gap = "," + items.document.newline(first) + items.document.indent(first)
    end = items.items[-1].end
    below = _BREAK.match(items.document.text, end) is not None
    yield from _laid_out(items, (first, end), ("", gap, "," if below else ""))


def _laid_out(
    items: CommaList, between: tuple[int, int], layout: tuple[str, str, str]
) -> Iterator[Change]:
    """Put what opens, parts and closes a list around its items, old and new."""
    before, end = between
    text, gap, closing = layout
    entries = _entries(items)
    for number, entry in enumerate(entries):
        if isinstance(entry, str):
            text += entry
        else:
            yield Change(before, entry.start, text)
            before, text = entry.end, ""
        text += closing if number + 1 == len(entries) else gap
    yield Change(before, end, text, is_layout=True)


def _is_outermost(items: CommaList) -> bool:
    """Return whether no bracket is open where a list begins on its line, but its own."""
    before = items.document.text[items.document.line_start(items.start) : items.start]
    opened = sum(map(before.count, "([{")) - sum(map(before.count, ")]}"))
    return opened <= 1


def _width(document: Document) -> int:
    """Return how long lines may be: as the formatter is told, or as nearly all lines show."""
    if document.width is not None:
        return document.width
    lengths = [_length(line) for line in document.text.splitlines()]
    fitting = (w for w in WIDTHS if sum(n > w for n in lengths) <= _RARE * len(lengths))
    return next(fitting, WIDTHS[-1])


def _length(line: str) -> int:
    return len(line.expandtabs(4))


def _wrapped(items: CommaList, *, one_each: bool, parenthesized: bool) -> Iterator[Change]:
    """Change only what stands between the items, so that they may change too."""
    document = items.document
    outer = document.newline(items.start) + document.indent(items.start)
    inner = outer + document.module.default_indent
    entries = _entries(items)
    one_each = one_each or len(entries) == 1 or _ends_with_comma(items)
    one_each = one_each or not _fits_one_line(items, inner)
    gap, last = ("," + inner, ",") if one_each else (", ", "")
    opening = inner if parenthesized else "(" + inner
    closing = last + outer + ("" if parenthesized else ")")
    yield from _laid_out(items, (items.start, items.end), (opening, gap, closing))


def _entries(items: CommaList) -> list[Item | str]:
    """Return the items and the new ones, in order."""
    found: list[Item | str] = []
    for number, item in enumerate(items.items):
        found += [*items.added.get(number, ()), item]
    return found + items.added.get(len(items.items), [])


def _ends_with_comma(items: CommaList) -> bool:
    return bool(items.items) and items.items[-1].comma is not None


def _fits_one_line(items: CommaList, inner: str) -> bool:
    added = sum(len(text) + 2 for texts in items.added.values() for text in texts)
    indent = _length(inner.lstrip("\r\n"))
    return indent + items.end - items.start + added <= _width(items.document)
