"""Sources with small damages, as a slip of the hand or of a merge leaves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_PIECES = (
    *(
        b"(",
        b")",
        b":",
        b"\n",
        b"    ",
        b"\t",
        b"\x00",
        b"\xff",
        b"'",
        b'"""',
        b"\\\n",
        b"\x0c",
        b"\r",
    ),
    *(
        b"lambda ",
        b"await ",
        b"yield ",
        b"async ",
        b"return ",
        b"del ",
        b"global x\n",
        b"match x:\n",
    ),
    *(
        b"*",
        b"**",
        b"@",
        b"=",
        b":=",
        b",",
        b"[",
        b"]",
        b"{",
        b"}",
        b";",
        b"#",
        b"...",
        b"f'{",
        b"}'",
    ),
    *(
        b"class A:",
        b"def f(",
        b"import ",
        b"from . import *\n",
        b"BackgroundTasks",
        b"tasks",
        b"self.",
    ),
    *(b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"# coding: latin-1\n"),
)


def damaged(source: bytes, random: Random) -> bytes:
    """Return a source with one to four changes, mostly one."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        source = random.choice((_insert, _insert, _delete, _swap, _drop, _repeat))(source, random)
    return source


def _insert(source: bytes, random: Random) -> bytes:
    at = random.randint(0, len(source))
    return source[:at] + random.choice(_PIECES) + source[at:]


def _delete(source: bytes, random: Random) -> bytes:
    at = random.randint(0, len(source))
    return source[:at] + source[at + random.randint(1, 12) :]


def _swap(source: bytes, random: Random) -> bytes:
    lines = source.split(b"\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _drop(source: bytes, random: Random) -> bytes:
    lines = source.split(b"\n")
    del lines[random.randrange(len(lines))]
    return b"\n".join(lines)


def _repeat(source: bytes, random: Random) -> bytes:
    at, to = random.randint(0, len(source)), random.randint(0, len(source))
    return source[:to] + source[at : at + random.randint(1, 30)] + source[to:]
