"""Globs of `.gitignore` files as regular expressions that don't try all ways to divide a path.

Whoever writes a repository writes its patterns and its file names: `*a*a*a*a*b` must not take long.
A wildcard that another one follows takes as little as it can, once and for all: the next one takes
the rest.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PIECE = re.compile(
    r"""(?P<folders> (?:^|(?<=/)) \*\*/ )
      | (?P<rest> (?:^|(?<=/)) \*\*$ )
      | (?P<star> \*+ )
      | (?P<one> \? )
      | \[ (?P<negated> [!^]? ) (?P<set> \]? (?: \\. | [^\]\\] )* ) \]
      | \\ (?P<escaped> . )
      | (?P<literal> [^\[\\] )""",
    re.VERBOSE | re.DOTALL,
)
SPECIAL_MEMBER = re.compile(r"\\(.)|([\[\]&~|^])", re.DOTALL)
NEVER = r"(?!)"


def translate(glob: str, prefix: str = "_") -> str:
    """Translate a glob to a regular expression; a malformed glob matches nothing.

    The names of its groups start with `prefix`.
    """
    pieces = _pieces(glob)
    if pieces is None:
        return NEVER
    names = (f"{prefix}{number}" for number in count())
    *runs, last = _split(pieces, "folders")
    translated = ""
    for number, run in enumerate(runs):
        text = _run(run, names, is_last=False)
        translated += _once(f"(?:.*?/)??{text}", names) if number else text
    translated += ("(?:.*/)?" if runs else "") + _run(last, names, is_last=True)
    try:
        re.compile(translated)
    except re.error:  # a range such as [z-a]
        return NEVER
    return translated


def _pieces(glob: str) -> list[re.Match[str]] | None:
    found, end = [], 0
    while end < len(glob):
        piece = PIECE.match(glob, end)
        if piece is None:
            return None
        found.append(piece)
        end = piece.end()
    return found


def _run(pieces: Sequence[re.Match[str]], names: Iterator[str], *, is_last: bool) -> str:
    """Translate what stands between two `**/`; no wildcard follows the last one."""
    first, *others = ("".join(map(_plain, part)) for part in _split(pieces, "star"))
    *inner, last = others or [""]
    found = first + "".join(_once(f"[^/]*?{text}", names) for text in inner)
    if not others:
        return found
    return found + (f"[^/]*{last}" if is_last else _once(f"[^/]*?{last}", names))


def _once(pattern: str, names: Iterator[str]) -> str:
    """Return a pattern that is matched in one way only (Python 3.10 has no atomic groups)."""
    name = next(names)
    return f"(?=(?P<{name}>{pattern}))(?P={name})"


def _split(pieces: Sequence[re.Match[str]], kind: str) -> list[list[re.Match[str]]]:
    parts: list[list[re.Match[str]]] = [[]]
    for piece in pieces:
        if piece.lastgroup == kind:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _plain(piece: re.Match[str]) -> str:
    kind = piece.lastgroup or ""
    if kind == "set":
        members = SPECIAL_MEMBER.sub(lambda m: re.escape(m[1] or m[2]), piece["set"])
        return f"(?!/)[{'^' if piece['negated'] else ''}{members}]"
    return {"rest": ".*", "one": "[^/]"}.get(kind) or re.escape(piece[kind])
