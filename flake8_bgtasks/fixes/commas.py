"""Changing what is separated by commas: parameters, arguments, imported names.

What is added is laid out as its neighbour is: on the same line, or on a line of its own. A comment
behind an item on its line belongs to the item; a trailing comma stays one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.document import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_bgtasks.fixes.document import Document

_COMMENT = re.compile(r"[ \t\f]*#[^\r\n]*")


@dataclass(frozen=True)
class Item:
    """Offsets of an item and of its comma; `comma` is None for a last item without one."""

    start: int
    end: int
    comma: int | None

    @property
    def stop(self) -> int:
        """The offset behind the comma, else behind the item."""
        return self.end if self.comma is None else self.comma + 1


@dataclass
class CommaList:
    """The items between the offsets `start` and `end`, and what is to become of them.

    `added` holds new items by the number of the item that they come before.
    """

    document: Document
    start: int
    end: int
    items: Sequence[Item]
    removed: set[int] = field(default_factory=set)
    added: dict[int, list[str]] = field(default_factory=dict)

    def add(self, before: int, text: str) -> None:
        """Put `text` before the item number `before`; at the end if that is their number."""
        self.added.setdefault(before, []).append(text)

    def remove(self, number: int) -> None:
        """Take an item out, with the comment behind it on its line."""
        self.removed.add(number)

    @property
    def is_emptied(self) -> bool:
        """Whether nothing stays and nothing is added."""
        return len(self.removed) == len(self.items) and not self.added

    def changes(self) -> Iterator[Change]:
        """Yield what has to be done to the text."""
        kept = [n for n in range(len(self.items)) if n not in self.removed]
        if not kept:
            yield from self._refilled([text for n in sorted(self.added) for text in self.added[n]])
            return
        yield from self._removals(kept)
        for anchor, texts in self._by_anchor(kept).items():
            if anchor is None:
                yield self._prepended(kept[0], texts)
            else:
                yield from self._appended(anchor, texts, kept)
        yield from self._loose_comma(kept)

    def _by_anchor(self, kept: list[int]) -> dict[int | None, list[str]]:
        """Return the new items by the kept one that they stand behind."""
        found: dict[int | None, list[str]] = {}
        for before in sorted(self.added):
            anchor = max((n for n in kept if n < before), default=None)
            found.setdefault(anchor, []).extend(self.added[before])
        return found

    def _refilled(self, texts: list[str]) -> Iterator[Change]:
        """Fill a list of which nothing is kept."""
        if not self.items:
            yield from [Change(self.start, self.start, ", ".join(texts))] if texts else []
            return
        first, last = self.items[0], self.items[-1]
        if not texts:
            yield Change(self.start, self.end, "")
            return
        glue = self._glue(0)
        end = last.end if last.comma is None else last.stop
        trailing = "," if last.comma is not None else ""
        yield Change(first.start, end, f",{glue}".join(texts) + trailing)

    def _removals(self, kept: list[int]) -> Iterator[Change]:
        for number in sorted(self.removed):
            item = self.items[number]
            if number < kept[0] and not self._is_on_own_line(number):
                yield Change(item.start, self.items[number + 1].start, "")
            else:
                yield Change(self._chunk_end(number - 1), self._chunk_end(number), "")

    def _loose_comma(self, kept: list[int]) -> Iterator[Change]:
        """Drop the comma behind what is the last item now, if the last one had none."""
        last = self.items[kept[-1]]
        appended = any(before > kept[-1] for before in self.added)
        if self.items[-1].comma is None and last.comma is not None and not appended:
            yield Change(last.comma, last.comma + 1, "")

    def _appended(self, number: int, texts: list[str], kept: list[int]) -> Iterator[Change]:
        """Put items behind a kept one."""
        item = self.items[number]
        glue = self._glue(number)
        is_last = number == kept[-1]
        ends_bare = is_last and self.items[-1].comma is None
        joined = f",{glue}".join(texts) + ("" if ends_bare else ",")
        if item.comma is not None:
            at = self._chunk_end(number)
            yield Change(at, at, glue + joined)
        elif self._chunk_end(number) == item.end:
            yield Change(item.end, item.end, f",{glue}{joined}")
        else:  # a comment stands between the item and where the next one goes
            at = self._chunk_end(number)
            yield Change(item.end, item.end, ",")
            yield Change(at, at, self._line_break(number) + joined)

    def _prepended(self, first: int, texts: list[str]) -> Change:
        at = self.items[first].start
        glue = self._glue(first)
        return Change(at, at, "".join(f"{text},{glue}" for text in texts))

    # Layout

    def _glue(self, number: int) -> str:
        """Return what stands between the item `number` and a new neighbour, comma aside."""
        item = self.items[number]
        alone = len(self.items) == 1 and item.comma is None
        if self._is_on_own_line(number) and not alone:
            return self._line_break(number)
        if self._has_comment(number):
            return self._line_break(number)
        follows = self.document.text[item.stop : item.stop + 1]
        is_tight = item.comma is not None and number + 1 < len(self.items) and follows.strip()
        return "" if is_tight else " "

    def _line_break(self, number: int) -> str:
        start = self.items[number].start
        if self._is_on_own_line(number):
            indent = self.document.indent(start)
        else:
            indent = " " * (start - self.document.line_start(start))
        return self.document.newline(start) + indent

    def _is_on_own_line(self, number: int) -> bool:
        """Return whether an item is the first on its line."""
        return self.document.begins_line(self.items[number].start)

    def _has_comment(self, number: int) -> bool:
        return self._chunk_end(number) > self.items[number].stop

    def _chunk_end(self, number: int) -> int:
        """Return the offset behind an item (-1: the opening), its comma, and its comment."""
        stop = self.start if number < 0 else self.items[number].stop
        comment = _COMMENT.match(self.document.text, stop, self.end)
        return comment.end() if comment else stop
