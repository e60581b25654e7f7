"""A file that is to be changed: its text, its LibCST tree, and where the nodes stand."""

from __future__ import annotations

import ast
import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.source import BadSource, decode, encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import libcst as cst

    NodeT = TypeVar("NodeT", bound=cst.CSTNode)

_LINE_END = re.compile(r"\r\n|\r|\n")


class CannotEditError(Exception):
    """Why a file can't be changed as wanted; the message is for the user."""


@dataclass(frozen=True, order=True)
class Change:
    """Put `text` in place of the characters from `start` to `end`, offsets into the text.

    Of two insertions at one place, the one that `is_layout` (a comma, a line break) goes behind.
    """

    start: int
    end: int
    is_layout: bool = field(default=False, kw_only=True)
    text: str


class Document:
    """A file, decoded and parsed. Raises CannotEditError where that loses something."""

    def __init__(self, path: str, data: bytes, width: int | None = None) -> None:
        """`path` is relative to the project root; `data` the whole content.

        `width`: how long lines may be, where that is known.
        """
        import libcst as cst

        from flake8_bgtasks.tracking.layout import Layout

        self.path = path
        self.width = width
        self._data = data
        try:
            self.text = decode(data)
            self._starts = line_starts(self.text)
            self._encoding = encoding_of(data)
            self.module = cst.parse_module(self.text)
        except BadSource as error:
            raise CannotEditError(f"{path}: {error.message}") from error
        except (cst.ParserSyntaxError, RecursionError) as error:
            raise CannotEditError(f"{path} can't be parsed by LibCST") from error
        try:
            self._layout = Layout(self.module)
        except RecursionError as error:
            raise CannotEditError(f"{path} is nested too deeply") from error
        if self._layout.text != self.text or self._encode(self.text) != data:
            raise CannotEditError(f"{path} can't be written back as it stands")
        self.nodes = self._layout.nodes
        self.parents = self._layout.parents

    @cached_property
    def tree(self) -> ast.Module:
        """The same file as `ast` has it. Raises SyntaxError or ValueError where it has not."""
        return ast.parse(self.text)

    # Positions

    def start(self, node: cst.CSTNode) -> int:
        """Return the offset where a node starts, its parentheses left out."""
        return self._layout.starts[id(node)]

    def end(self, node: cst.CSTNode) -> int:
        """Return the offset behind a node, its parentheses left out."""
        return self._layout.ends[id(node)]

    def outer_start(self, node: cst.CSTNode) -> int:
        """Return the offset where an expression starts with its parentheses."""
        return min([self.start(node), *(self.start(p) for p in getattr(node, "lpar", ()))])

    def outer_end(self, node: cst.CSTNode) -> int:
        """Return the offset behind an expression with its parentheses."""
        return max([self.end(node), *(self.end(p) for p in getattr(node, "rpar", ()))])

    def offsets(self, span: Span) -> tuple[int, int]:
        """Return where a span starts and ends. Raises CannotEditError outside the text."""
        if span.end_line > len(self._starts):
            raise CannotEditError(f"{self.path} has no line {span.end_line}")
        start = self._starts[span.line - 1] + span.column - 1
        return start, self._starts[span.end_line - 1] + span.end_column - 1

    def span(self, start: int, end: int) -> Span:
        """Return offsets as a span."""
        return Span(*self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    # Nodes

    def find(self, span: Span, *kinds: type[NodeT]) -> NodeT:
        """Return the node of one of the kinds that has a span. Raises CannotEditError if none."""
        wanted = self.offsets(span)[1]
        for node in self.starting_at(span):
            if isinstance(node, kinds) and self.end(node) == wanted:
                return node
        names = " or ".join(kind.__name__ for kind in kinds)
        raise CannotEditError(f"{self.path}:{span.line}:{span.column} is no {names}")

    def function(self, span: Span) -> cst.FunctionDef:
        """Return the function that starts where a span does. Raises CannotEditError if none."""
        import libcst as cst

        for node in self.starting_at(span):
            if isinstance(node, cst.FunctionDef):
                return node
        raise CannotEditError(f"{self.path}:{span.line}:{span.column} is no function")

    def starting_at(self, span: Span) -> Sequence[cst.CSTNode]:
        """Return the nodes that start where a span does, outer ones first."""
        return self._by_start.get(self.offsets(span)[0], ())

    @cached_property
    def _by_start(self) -> dict[int, list[cst.CSTNode]]:
        found: dict[int, list[cst.CSTNode]] = {}
        for node in self.nodes:
            found.setdefault(self.start(node), []).append(node)
        return found

    # Lines

    def line_start(self, offset: int) -> int:
        """Return the offset of the first character of the line at `offset`."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return the offset of the line end of the line at `offset`."""
        match = _LINE_END.search(self.text, offset)
        return match.start() if match else len(self.text)

    def next_line(self, offset: int) -> int:
        """Return the offset behind the line at `offset`, its end included."""
        match = _LINE_END.search(self.text, offset)
        return match.end() if match else len(self.text)

    def indent(self, offset: int) -> str:
        """Return the white space that the line at `offset` starts with."""
        match = re.compile(r"[ \t\f]*").match(self.text, self.line_start(offset))
        return match[0] if match else ""

    def newline(self, offset: int) -> str:
        """Return how the line at `offset` ends, or the one before it, or most of them."""
        here = bisect_right(self._starts, offset)
        for match in (_LINE_END.search(self.text, offset), self._end_before(here)):
            if match:
                return match[0]
        return self.module.default_newline

    def _end_before(self, line: int) -> re.Match[str] | None:
        return _LINE_END.search(self.text, self._starts[line - 2]) if line > 1 else None

    def begins_line(self, offset: int) -> bool:
        """Return whether only white space stands before `offset` on its line."""
        return not self.text[self.line_start(offset) : offset].strip(" \t\f")

    # Writing

    def changed(self, changes: Iterable[Change]) -> bytes:
        """Return the content with changes made, all other bytes as they are.

        Raises CannotEditError if they don't fit into the file's encoding.
        """
        try:
            return self._encode(apply_changes(self.text, changes))
        except UnicodeEncodeError as error:
            raise CannotEditError(
                f"{self.path} is written in {self._encoding}, which has no {error.object!r}"
            ) from error

    def _encode(self, text: str) -> bytes:
        has_bom = self._data.startswith(codecs.BOM_UTF8)
        encoding = self._encoding.removesuffix("-sig") if has_bom else self._encoding
        return codecs.BOM_UTF8 * has_bom + text.encode(encoding)


def line_starts(text: str) -> list[int]:
    """Return the offset of the first character of every line."""
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def apply_changes(text: str, changes: Iterable[Change]) -> str:
    """Return the text with changes made. Raises CannotEditError where two of them overlap."""
    parts: list[str] = []
    done = 0
    for change in sorted(changes):
        if change.start < done:
            raise CannotEditError("two changes of the same code")
        parts += [text[done : change.start], change.text]
        done = change.end
    return "".join([*parts, text[done:]])
