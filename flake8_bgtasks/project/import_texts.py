"""The imports in a few statements: what nearly all look like is read many times faster as text."""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.outline import Import, outline

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = r"[A-Za-z_]\w*"
_MODULE = rf"{_NAME}(?:\.{_NAME})*"
_MODULES = rf"{_MODULE}(?:\s+as\s+{_NAME})?"
_NAMES = rf"{_NAME}(?:\s+as\s+{_NAME})?"
_NAMES = rf"{_NAMES}(?:\s*,\s*{_NAMES})*"
_IMPORT = re.compile(rf"import\s+({_MODULES}(?:\s*,\s*{_MODULES})*)", re.ASCII)
_FROM = re.compile(
    rf"from\s+(\.*)({_MODULE}|(?<=\.))\s+import\s+(?:({_NAMES})|\(\s*({_NAMES})\s*,?\s*\)|(\*))",
    re.ASCII,
)
_SOMEWHERE = Span(1, 1, 1, 1)


def parse_imports(path: str, statements: bytes) -> tuple[Import, ...] | None:
    """Return what import statements, one a line, bind; None where they can't be parsed.

    They say nothing of where they stand: `statements` are no whole file.
    """
    text = statements.decode(errors="replace")
    try:
        return tuple(found for line in text.splitlines() for found in _read(line))
    except _OddError:
        pass
    try:
        return outline(path, text).imports
    except (SyntaxError, ValueError, RecursionError):
        return None


class _OddError(Exception):
    """A statement is not as most are."""


def _read(line: str) -> Iterator[Import]:
    line = line.partition("#")[0].rstrip()
    if found := _FROM.fullmatch(line):
        dots, module, names, bracketed, star = found.groups()
        for name, bound in _bound(names or bracketed or star):
            yield Import(bound, module, name, len(dots), _SOMEWHERE)
        _check(module)
    elif found := _IMPORT.fullmatch(line):
        for module, bound in _bound(found[1]):
            _check(module)
            yield Import(bound.partition(".")[0], module, None, 0, _SOMEWHERE)
    elif line:
        raise _OddError


def _bound(names: str) -> Iterator[tuple[str, str]]:
    """Yield the names in `name, other as bound` with what they are bound to."""
    for name in names.split(","):
        first, *others = name.split()
        for word in (first, others[-1] if others else first):
            _check(word)
        yield first, others[-1] if others else first


def _check(dotted: str) -> None:
    if any(iskeyword(word) for word in dotted.split(".")):
        raise _OddError
