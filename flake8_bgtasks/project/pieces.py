"""A source cut into its top-level statements without parsing it.

Most modules are only asked what a name is bound to. Parsing them whole with `ast` takes ten times
as long as cutting them by their first columns and parsing the short statements.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
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
_DEFINITION = re.compile(r"(?:async[ \t]+def|def|class)[ \t]+([^\W\d]\w*)")
_GOES_ON = (" ", "\t", ")", "]", "}", "\n", "\r", "#", "\f")
_CLAUSES = re.compile(r"(?:else|elif|except|finally)\b")


class Piece(NamedTuple):
    """A top-level statement: its first and last line from 1, and the name it defines, if any."""

    first: int
    last: int
    defines: str | None


@dataclass
class _Open:
    """A statement that may go on."""

    first: int
    decorated: bool
    lines: list[str] = field(default_factory=list)


def pieces(source: str) -> tuple[Piece, ...] | None:
    """Cut a source into its top-level statements; None where that isn't plain enough to be sure.

    Lines that begin in the first column begin a statement, but for closing brackets, clauses of the
    statement before, and what stands in strings.
    """
    source = source.replace("\r\n", "\n")
    masked = _STRINGS.sub(_blank, source)
    if "\r" in source or "\\\n" in masked or '"""' in masked or "'''" in masked or "\f" in masked:
        return None
    return tuple(_cut(masked.split("\n")))


def _blank(match: re.Match[str]) -> str:
    """Replace a string or comment by as many lines, indented so that none begins a statement."""
    text = match.group()
    if match.lastgroup in _UNCLOSED:
        return '"""'
    return "#" if text[0] == "#" else '"' + "\n " * text.count("\n") + '"'


def _cut(lines: list[str]) -> Iterator[Piece]:
    current: _Open | None = None
    last = 0
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith(_GOES_ON) or _CLAUSES.match(line):
            last = number if line.strip() and not line.lstrip().startswith("#") else last
            continue
        if current is not None and not current.decorated:
            yield _piece(current, last)
            current = None
        if current is None:
            current = _Open(number, line.startswith("@"))
        current.decorated = line.startswith("@")
        current.lines.append(line)
        last = number
    if current is not None:
        yield _piece(current, last)


def _piece(piece: _Open, last: int) -> Piece:
    match = _DEFINITION.match(piece.lines[-1])
    return Piece(piece.first, last, match.group(1) if match else None)


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
