"""The bodies of the functions in a statement, found by their indentation without parsing it.

A class is mostly asked what it has, not what its methods do. What is left without their bodies is
a small part of it, which is all that has to be parsed then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MASKED = re.compile(
    r"(?P<quote>\"\"\"|''')(?:\\.|[^\\])*?(?P=quote)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|\\\n[ \t]*|(?P<comment>#[^\n]*)",
    re.DOTALL,
)
_TEXT = "\0"
"""Stands for each character of a string, and for the indentation of a line that goes on another."""
_NOT_NEWLINE = re.compile(r"[^\n]")
_CLASS = re.compile(r"class[ \t]+\w")
_FUNCTION = re.compile(r"(?P<indent>[ \t]*)(?:async[ \t]+)?def[ \t]+\w+")
_BRACKETS = re.compile(r"[()\[\]{}:]")
_INDENT = re.compile(r"[ \t]*(?=[^ \t\n])")
_WORK = re.compile(r"\b(?!(?:pass|raise|NotImplementedError|[rRbBuUfFtT]{1,2})\b)[^\W\d]\w*")
"""A word that the body of a stub can't have; letters may begin a string."""
_SHORT = 3
"""Bodies of so few lines are not worth to be left out."""


@dataclass(frozen=True)
class FunctionBody:
    """Where a function's body stands, lines from 1 in its file.

    `top` is the line of `def`, `first` and `last` are the body's; `end` is the column behind it.
    `yields`: whether it may make the function a generator; `works`: whether it surely is no stub.
    """

    top: int
    first: int
    last: int
    end: int
    yields: bool
    works: bool


def function_bodies(lines: Sequence[str], first: int, last: int) -> tuple[FunctionBody, ...]:
    """Return the bodies of the function, or of the methods of the class, on some lines of a file.

    Empty where they aren't plain enough to be sure, or not long enough to matter.
    """
    source = "".join(lines[first - 1 : last])
    if "\r" in source or "\f" in source or _TEXT in source:
        return ()
    masked = _MASKED.sub(_mask, source)
    if '"""' in masked or "'''" in masked:
        return ()
    text = masked.split("\n")
    start = next((number for number, line in enumerate(text) if line[:1] not in "@ \t)]}\0"), 0)
    if _CLASS.match(text[start]):
        indent = _block_indent(text, _colon(text, start))
    else:
        indent = "" if _FUNCTION.match(text[start]) else None
    return () if indent is None else tuple(_bodies(text, start, indent, first))


def _mask(match: re.Match[str]) -> str:
    blank = " " if match["comment"] else _TEXT
    return _NOT_NEWLINE.sub(blank, match.group())


def _bodies(text: list[str], start: int, indent: str, first: int) -> Iterator[FunctionBody]:
    number = start
    while number < len(text):
        top, number = number, number + 1
        found = _FUNCTION.match(text[top])
        if found is None or found["indent"] != indent:
            continue
        colon = _colon(text, top)
        inner = _block_indent(text, colon)
        if inner is None or len(inner) <= len(indent):
            continue
        end = _end(text, colon + 1, len(indent))
        code = text[end].rstrip("; \t")
        body = "\n".join(text[colon + 1 : end + 1])
        if end - colon > _SHORT and _is_balanced(body):
            yield FunctionBody(
                top + first,
                colon + 1 + first,
                end + first,
                len(code) + 1,
                yields="yield" in body,
                works=_WORK.search(body) is not None,
            )
        number = end + 1


def _colon(text: list[str], start: int) -> int:
    """Return the line on which the head of a definition ends, that of the whole where none does."""
    depth = 0
    for number in range(start, len(text)):
        for found in _BRACKETS.finditer(text[number]):
            bracket = found.group()
            if bracket == ":" and depth == 0:
                return number if not text[number][found.end() :].strip() else len(text)
            depth += (bracket in "([{") - (bracket in ")]}")
    return len(text)


def _block_indent(text: list[str], colon: int) -> str | None:
    """Return the indentation of the block behind a head, None where it has none of its own."""
    for line in text[colon + 1 :]:
        found = _INDENT.match(line)
        if found is not None:
            return found.group() or None
    return None


def _end(text: list[str], start: int, outer: int) -> int:
    """Return the last line with code of a block that is indented more than `outer`."""
    last = start
    for number in range(start, len(text)):
        line = text[number]
        if not line or line.isspace():
            continue
        if line[0] != _TEXT and len(line) - len(line.lstrip(" \t")) <= outer:
            break
        last = number
    return last


def _is_balanced(text: str) -> bool:
    return all(text.count(opening) == text.count(end) for opening, end in ("()", "[]", "{}"))


@dataclass(frozen=True)
class Excerpt:
    """Lines of a file without some bodies, for each of which a line with `...` stands.

    `numbers`: the line in the file of each line; `bodies`: those left out, by the lines for them.
    """

    lines: tuple[str, ...]
    numbers: tuple[int, ...]
    bodies: dict[int, FunctionBody]

    def in_file(self, span: Span) -> Span:
        """Return a span of the excerpt as one of the file."""
        body = self.bodies.get(span.end_line)
        line = self.numbers[span.line - 1]
        if body is not None:
            return Span(line, span.column, body.last, body.end)
        return Span(line, span.column, self.numbers[span.end_line - 1], span.end_column)


def excerpt(lines: Sequence[str], first: int, last: int, bodies: Sequence[FunctionBody]) -> Excerpt:
    """Return some lines of a file without some of the bodies in them."""
    kept: list[str] = []
    numbers: list[int] = []
    placed: dict[int, FunctionBody] = {}
    start = first
    for body in bodies:
        kept += lines[start - 1 : body.first - 1]
        numbers += range(start, body.first)
        head = lines[body.top - 1]
        kept.append(f"{head[: len(head) - len(head.lstrip())]} ...\n")
        numbers.append(body.first)
        placed[len(kept)] = body
        start = body.last + 1
    kept += lines[start - 1 : last]
    numbers += range(start, last + 1)
    return Excerpt(tuple(kept), tuple(numbers), placed)
