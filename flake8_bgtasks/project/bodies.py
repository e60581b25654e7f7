"""The bodies of the functions in a statement, found by their indentation without parsing it.

A class is mostly asked what it has, not what its methods do. What is left without their bodies is
a small part of it, which is all that has to be parsed then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.findings import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What isn't closed reaches to the end (of its line), so that nothing is looked through twice. Each
# way begins with a character of its own: `re` passes over all others without trying any.
_MASKED = re.compile(
    r"\"\"\"[^\"\\]*(?:(?:\\.|\"(?!\"\"))[^\"\\]*)*(?:\"\"\"|(?P<open>\\?\Z))"
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|(?P<opened>\\?\Z))"
    r"|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*(?:\"|(?P<cut>(?=\n)|\\?\Z))"
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*(?:'|(?P<short>(?=\n)|\\?\Z))"
    r"|\\\n[ \t]*|(?P<comment>#[^\n]*)",
    re.DOTALL,
)
_UNCLOSED = ("open", "opened", "cut", "short")
_TEXT = "\0"
"""Stands for each character of a string, and for the indentation of a line that goes on another."""
_NOT_NEWLINE = re.compile(r"[^\n]")
_CLASS = re.compile(r"class[ \t]+\w")
_FUNCTION = re.compile(r"(?P<indent>[ \t]*)(?:async[ \t]+)?def[ \t]+(?P<name>\w+)")
_BRACKETS = re.compile(r"[()\[\]{}:]")
_INDENT = re.compile(r"[ \t]*(?=[^ \t\n])")
_WORK = re.compile(r"\b(?!(?:pass|raise|NotImplementedError|[rRbBuUfFtT]{1,2})\b)[^\W\d]\w*")
"""A word that the body of a stub can't have; letters may begin a string."""
_LONG = 4
"""Bodies of fewer lines are not worth to be left out."""


class FunctionBody(NamedTuple):
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


class Method(NamedTuple):
    """The lines of a method of a class, with its decorators."""

    name: str
    first: int
    last: int


def function_bodies(lines: Sequence[str], first: int, last: int) -> tuple[FunctionBody, ...]:
    """Return the bodies of the function, or of the methods of the class, on some lines of a file.

    Empty where they aren't plain enough to be sure, or not long enough to matter.
    """
    statement = _Statement.read("".join(lines[first - 1 : last]))
    if statement is None:
        return ()
    found = (statement.body(function, first) for function in statement.functions())
    return tuple(body for body in found if body is not None)


def methods(lines: Sequence[str], first: int, last: int) -> tuple[Method, ...] | None:
    """Return the methods of the class on some lines of a file; None where it isn't plain enough."""
    statement = _Statement.read("".join(lines[first - 1 : last]))
    if statement is None or statement.indent == "":
        return None
    functions = list(statement.functions())
    if not all(statement.is_balanced(function.first, function.end) for function in functions):
        return None
    return tuple(Method(f.name, f.first + first, f.end + first) for f in functions)


class _Function(NamedTuple):
    """Where a function stands, lines from 0; `colon`: where its head ends, None before its code."""

    name: str
    first: int
    top: int
    colon: int | None
    end: int


class _Statement(NamedTuple):
    """A function or class without its strings and comments; `indent`: of its functions."""

    text: list[str]
    start: int
    indent: str

    @classmethod
    def read(cls, source: str) -> _Statement | None:
        """Return the statement, None where it isn't plain enough."""
        if "\r" in source or "\f" in source or _TEXT in source:
            return None
        masked = _MASKED.sub(_mask, source)
        if '"""' in masked:
            return None
        text = masked.split("\n")
        start = next((n for n, line in enumerate(text) if line[:1] not in "@ \t)]}\0"), 0)
        if _FUNCTION.match(text[start]):
            return cls(text, start, "")
        colon, is_alone = _colon(text, start)
        indent = _block_indent(text, colon)
        is_class = _CLASS.match(text[start]) is not None and is_alone
        return cls(text, start, indent) if is_class and indent else None

    def functions(self) -> Iterator[_Function]:
        number, decorated = self.start, None
        while number < len(self.text):
            line = self.text[number]
            found = _FUNCTION.match(line)
            if found is not None and found["indent"] == self.indent:
                first = number if decorated is None else decorated
                colon, is_alone = _colon(self.text, number)
                end = _end(self.text, colon, len(self.indent))
                yield _Function(found["name"], first, number, colon if is_alone else None, end)
                number, decorated = end, None
            elif line.startswith(f"{self.indent}@"):
                decorated = number if decorated is None else decorated
            elif line[: len(self.indent) + 1].strip(" \t)]}\0"):
                decorated = None
            number += 1

    def body(self, function: _Function, first: int) -> FunctionBody | None:
        """Return the body of a function of a statement that begins on a line of a file."""
        colon, end = function.colon, function.end
        if colon is None or end - colon < _LONG or not self.is_balanced(colon + 1, end):
            return None
        text = "\n".join(self.text[colon + 1 : end + 1])
        return FunctionBody(
            top=function.top + first,
            first=colon + 1 + first,
            last=end + first,
            end=len(self.text[end].rstrip()) + 1,
            yields="yield" in text,
            works=_WORK.search(text) is not None,
        )

    def is_balanced(self, first: int, last: int) -> bool:
        """Return whether no bracket that is opened on some lines is closed on others."""
        text = "".join(self.text[first : last + 1])
        return all(text.count(opening) == text.count(end) for opening, end in ("()", "[]", "{}"))


def _mask(match: re.Match[str]) -> str:
    if match.lastgroup in _UNCLOSED:
        return '"""'
    blank, text = " " if match["comment"] else _TEXT, match.group()
    return _NOT_NEWLINE.sub(blank, text) if "\n" in text else blank * len(text)


def _colon(text: list[str], start: int) -> tuple[int, bool]:
    """Return the line on which the head of a definition ends, and whether no code stands there."""
    depth = 0
    for number in range(start, len(text)):
        for found in _BRACKETS.finditer(text[number]):
            bracket = found.group()
            if bracket == ":" and depth == 0:
                return number, not text[number][found.end() :].strip()
            depth += (bracket in "([{") - (bracket in ")]}")
    return len(text) - 1, False


def _block_indent(text: list[str], colon: int) -> str:
    """Return the indentation of the first code behind a head."""
    found = (_INDENT.match(line) for line in text[colon + 1 :])
    return next((match.group() for match in found if match is not None), "")


def _end(text: list[str], head: int, outer: int) -> int:
    """Return the last line with code that is indented more than `outer`, from the head's on."""
    last = head
    for number in range(head + 1, len(text)):
        line = text[number]
        if not line or line.isspace():
            continue
        if line[0] != _TEXT and len(line) - len(line.lstrip(" \t")) <= outer:
            break
        last = number
    return last


class Excerpt(NamedTuple):
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
