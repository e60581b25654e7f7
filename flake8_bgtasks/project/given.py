"""Where code seems to give a response a background: by keyword, or by assigning to it.

Told from the text, since most files that say `background=` mean something else: a flag, a color,
a mode. What counts is what is called: a class, or what stands for one.
"""

from __future__ import annotations

import re

_GIVEN = r"background(?<!\wbackground)\s*=(?!=)"
# Patterns that start with plain letters are found many times faster than those with `\b`.
_GIVEN_TEXT, _GIVEN_BYTES = re.compile(_GIVEN), re.compile(_GIVEN.encode())
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_BRACKET = re.compile(r"[()]")
_CALLED = re.compile(r"(?:(\bdef\s+)|\b)(\w+)\s*$")
_CLASS = re.compile(r"_*[A-Z]\w*|\w*(?:cls|class)\w*", re.ASCII)
_MAKERS = frozenset({"__init__", "dict", "replace", "update"})
_FIRST = re.compile(r"\(\s*(?:\w+\.)*(\w+)\s*,")
_FAR = 4_000
"""The arguments of a call are not longer, in characters."""


def names_background(data: bytes) -> bool:
    """Return whether a source gives anything a background, or assigns to the name."""
    return _GIVEN_BYTES.search(data) is not None


def gives_background(code: str) -> bool:
    """Return whether code gives something a background that may be a response."""
    return any(_is_given(code, found.start()) for found in _GIVEN_TEXT.finditer(code))


def _is_given(code: str, start: int) -> bool:
    before = code[max(0, start - _FAR) : start]
    return before.rstrip().endswith(".") or _is_argument(before)


def _is_argument(before: str) -> bool:
    """Return whether what stands before an argument calls what may be a response's class."""
    before = _STRING.sub("''", before)
    closed = 0
    for bracket in reversed(list(_BRACKET.finditer(before))):
        closed += 1 if bracket[0] == ")" else -1
        if closed < 0:
            return _may_be_class(before[: bracket.start()], before[bracket.start() :])
    return False


def _may_be_class(before: str, arguments: str) -> bool:
    called = _CALLED.search(before)
    if called is None or called[1]:
        return False
    name = called[2]
    if name.endswith("partial"):
        first = _FIRST.match(arguments)
        return first is not None and _CLASS.fullmatch(first[1]) is not None
    return name in _MAKERS or _CLASS.fullmatch(name) is not None
