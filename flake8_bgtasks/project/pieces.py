"""A source cut into its top-level statements without parsing it.

Most modules are only asked what a name is bound to. Parsing them whole with `ast` takes ten times
as long as cutting them by their first columns and parsing the short statements.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What isn't closed reaches to the end (of its line), so that nothing is looked through twice. Each
# way begins with a character of its own: `re` passes over all others without trying any.
_STRINGS = re.compile(
    r"\"\"\"[^\"\\]*(?:(?:\\.|\"(?!\"\"))[^\"\\]*)*(?:\"\"\"|(?P<open>\\?\Z))"
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|(?P<opened>\\?\Z))"
    r"|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*(?:\"|(?P<cut>(?=\n)|\\?\Z))"
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*(?:'|(?P<short>(?=\n)|\\?\Z))|#[^\n]*",
    re.DOTALL,
)
_UNCLOSED = ("open", "opened", "cut", "short")
_LONG = ('"' * 3, "'" * 3)
_DEFINITION = re.compile(r"(?:async[ \t]+def|def|class)[ \t]+([^\W\d]\w*)")
_BEGINS = re.compile(r"\n(?=[^ \t)\]}\n#])(?!(?:else|elif|except|finally)\b)")
"""What stands before a line that begins a statement, or the definition behind a decorator."""


class Piece(NamedTuple):
    """A top-level statement: its first and last line from 1, and the name it defines, if any."""

    first: int
    last: int
    defines: str | None


def pieces(source: str) -> tuple[Piece, ...] | None:
    """Cut a source into its top-level statements; None where that isn't plain enough to be sure.

    Lines that begin in the first column begin a statement, but for closing brackets, clauses of the
    statement before, and what stands in strings.
    """
    masked = _masked(source.replace("\r\n", "\n"))
    return None if masked is None else tuple(_cut(masked))


def _masked(source: str) -> str | None:
    """Return a source in which no line of a string begins a statement; None where it isn't plain.

    Only long strings have several lines where nothing escapes the end of one.
    """
    if "\r" in source:
        return None
    if "\\\n" in source or "\f" in source:
        masked = _STRINGS.sub(_blank, source)
        odd = ("\\\n", '"' * 3, "'" * 3, "\f")
        return None if any(text in masked for text in odd) else masked
    kept, done = [], 0
    for match in _long_strings(source):
        if match.lastgroup in _UNCLOSED:
            return None
        kept += [source[done : match.start()], _blank(match)]
        done = match.end()
    return "".join([*kept, source[done:]])


def _long_strings(source: str) -> Iterator[re.Match[str]]:
    """Yield the strings that begin with three quotes, or what isn't closed before."""
    done = 0
    following = [source.find(quotes) for quotes in _LONG]
    while max(following) >= 0:
        start = min(place for place in following if place >= 0)
        line = max(source.rfind("\n", done, start) + 1, done)
        match = next(found for found in _STRINGS.finditer(source, line) if found.end() > start)
        if match.start() == start or match.lastgroup in _UNCLOSED:
            yield match
        done = match.end()
        following = [
            place if place < 0 or place >= done else source.find(quotes, done)
            for place, quotes in zip(following, _LONG, strict=True)
        ]


def _blank(match: re.Match[str]) -> str:
    """Replace a string or comment by as many lines, indented so that none begins a statement."""
    text = match.group()
    if match.lastgroup in _UNCLOSED:
        return '"' * 3
    return "#" if text[0] == "#" else '"' + "\n " * text.count("\n") + '"'


def _cut(masked: str) -> Iterator[Piece]:
    masked = f"\n{masked}"  # each line stands behind one
    number, offset = 0, 0
    starts = [found.start() for found in _BEGINS.finditer(masked)]
    decorated: int | None = None
    for start, behind in zip(starts, [*starts, len(masked)][1:], strict=True):
        first = start if decorated is None else decorated
        decorated = first if masked[start + 1] == "@" and behind < len(masked) else None
        if decorated is None:
            name = _DEFINITION.match(masked, start + 1)
            number += masked.count("\n", offset, first + 1)
            offset = first + 1
            length = masked.count("\n", offset, _end(masked, offset, behind))
            yield Piece(number, number + length, name[1] if name else None)


def _end(masked: str, first: int, behind: int) -> int:
    """Return where the last line with code ends of a statement that ends before `behind`."""
    end = behind
    while True:
        newline = masked.rfind("\n", first, end)
        code = masked[max(newline + 1, first) : end].strip()
        if newline < 0 or (code and code[0] != "#"):
            return end
        end = newline


def parse_piece(lines: tuple[str, ...], first: int, last: int) -> list[ast.stmt]:
    """Parse the statements on some lines, with their positions in the file; raise SyntaxError."""
    tree = ast.parse("".join(lines[first - 1 : last]))
    if first > 1:
        ast.increment_lineno(tree, first - 1)
    return tree.body


def parse_pieces(lines: Sequence[str], wanted: Iterable[Piece]) -> list[ast.stmt]:
    """Parse some pieces at once, with their positions in the file; raise SyntaxError."""
    kept = ["\n"] * len(lines)
    for piece in wanted:
        kept[piece.first - 1 : piece.last] = lines[piece.first - 1 : piece.last]
    return ast.parse("".join(kept)).body
