"""What git ignores, decided entry by entry on the way down from a folder."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pathspec import GitIgnoreSpec

PLAIN = re.compile(r"[^*?\[\\]*")
GLOB_PIECE = re.compile(r"[^\[\\]|\[[!^]?[^\]\[\\!^][^\]\[\\]*\]")
ANY_CHARACTER = r"[\s\S]"
ANYTHING = ANY_CHARACTER + "*"


class IgnoreFile:
    """One file of git's ignore patterns; they apply to the folder `base` and below.

    `base` is an absolute path. Most entries of most folders match no pattern at all: a look at
    their names rules them out, so that the library that decides is seldom needed.
    """

    def __init__(self, base: str, lines: Sequence[str]) -> None:
        """`lines` are those of the file, without line ends."""
        self._start = len(base.rstrip(os.sep)) + 1
        self._lines = [line for line in lines if line.strip() and not line.startswith("#")]
        names = {_last_part(line) for line in self._lines}
        self._names = frozenset(name for name in names if PLAIN.fullmatch(name))
        self._globs = re.compile("|".join(map(_superset, sorted(names - self._names))) or r"(?!)")

    def ignores(self, name: str, path: str, *, is_folder: bool) -> bool | None:
        """Tell whether the entry is ignored (True), kept on purpose (False) or not named (None)."""
        if name not in self._names and not self._globs.fullmatch(name):
            return None
        relative = path[self._start :].replace(os.sep, "/")
        return self._spec.check_file(relative + "/" * is_folder).include

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(list(_valid(self._lines)))


def ignore_file(path: str, base: str) -> IgnoreFile | None:
    """Read the patterns for `base`; None if there is no such file or it can't be read."""
    try:
        data = read(path)
    except BadSource:
        return None
    text = data.decode("utf-8-sig", "surrogateescape")
    return IgnoreFile(base, [line.removesuffix("\r") for line in text.split("\n")])


def _valid(lines: Sequence[str]) -> Iterator[str]:
    """Leave out the patterns that the library refuses: git ignores them as well."""
    from pathspec import GitIgnoreSpec

    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        yield line


def _last_part(line: str) -> str:
    """Return the glob that an entry's name has to match, or a wider one."""
    head, _, tail = line.removeprefix("!").rstrip(" ").rstrip("/").rpartition("/")
    return "*" if "[" in head or "\\" in head else tail


def _superset(glob: str) -> str:
    """Translate a glob to a regular expression that matches at least what the glob matches."""
    pieces = GLOB_PIECE.findall(glob)
    if "".join(pieces) != glob:
        return ANYTHING
    return "".join(map(_widened, pieces))


def _widened(piece: str) -> str:
    if piece == "*":
        return ANYTHING
    return ANY_CHARACTER if piece[0] in "?[" else re.escape(piece)
