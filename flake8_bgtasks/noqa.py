"""Writing `# noqa: BGT101` to the lines of findings."""

from __future__ import annotations

import ast
import io
import tokenize
from typing import TYPE_CHECKING

from flake8_bgtasks.project.source import BadSource, decode, encoding_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

_SKIPPED = (tokenize.ENDMARKER, tokenize.DEDENT)


class CannotAnnotateError(Exception):
    """Why a file can't be given comments."""


def annotated(data: bytes, codes: Mapping[int, Collection[str]]) -> bytes:
    """Return a file's content in which the `codes` of each line (from 1) are ignored.

    A comment goes where flake8 looks for it: to the end of the line, of the string over several
    lines, or of the lines that are joined by backslashes. Everything else stays as it is. Raises
    CannotAnnotateError for a file whose meaning a comment would change, or that can't be parsed.
    """
    try:
        text = decode(data)
        meaning = ast.dump(ast.parse(text))
        lines = io.StringIO(text, newline="").readlines()
        blocks = list(_blocks(lines))
    except (BadSource, SyntaxError, RecursionError, tokenize.TokenError) as error:
        raise CannotAnnotateError("it can't be parsed") from error
    places = {line for first, last in blocks for line in range(first, last + 1)}
    if not places.issuperset(codes):
        raise CannotAnnotateError(f"line {min(codes.keys() - places)} takes no comment")
    for first, last in reversed(blocks):
        wanted = {code for line in range(first, last + 1) for code in codes.get(line, ())}
        if wanted:
            _annotate(lines, first, last, sorted(wanted))
    changed = "".join(lines)
    if not _means(changed, meaning):
        raise CannotAnnotateError("a comment would change its meaning")
    return changed.encode(encoding_of(data))


def _means(text: str, meaning: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) == meaning
    except SyntaxError:  # such as a comment behind a backslash that joins a line to nothing
        return False


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of what flake8 takes for one line."""
    first, last = len(lines) + 1, 0
    ended = (f"{_body(line)}\n" for line in lines)
    for token in tokenize.generate_tokens(lambda: next(ended, "")):
        if token.type in _SKIPPED:
            continue
        first, last = min(first, token.start[0]), max(last, token.end[0])
        if token.type in (tokenize.NL, tokenize.NEWLINE):
            yield first, last
            first, last = len(lines) + 1, 0


def _annotate(lines: list[str], first: int, last: int, codes: Sequence[str]) -> None:
    """Add to the comment that flake8 would find, else write one at the end."""
    from flake8.defaults import NOQA_INLINE_REGEXP

    block = "".join(lines[first - 1 : last])
    found = NOQA_INLINE_REGEXP.search(block)
    if found and found["codes"]:
        end = found.start("codes") + len(found["codes"].rstrip(", \t\r\n"))
        new = block[:end] + "".join(f",{code}" for code in codes) + block[end:]
    else:
        body = _body(block)
        new = f"{body.rstrip()}  # noqa: {','.join(codes)}{block[len(body) :]}"
    lines[first - 1 : last] = io.StringIO(new, newline="").readlines()


def _body(line: str) -> str:
    return line.rstrip("\r\n")
