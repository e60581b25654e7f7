"""git's ignore patterns, matched with one entry at a time on the way down from a folder.

`pathspec` judges whole paths, and so lets `!src/` keep what `build` ignores in `src/build`; git
doesn't. https://git-scm.com/docs/gitignore#_pattern_format
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property

from flake8_bgtasks.project.globs import NEVER, translate
from flake8_bgtasks.project.source import BadSource, read

PLAIN = re.compile(r"[^*?\[\\]*")


@dataclass(frozen=True)
class Pattern:
    """One line: `glob` is matched with the name of an entry, or with its path if `anchored`."""

    glob: str
    keeps: bool
    anchored: bool
    only_folders: bool

    @classmethod
    def of(cls, line: str) -> Pattern:
        glob = _without_trailing_spaces(line)
        keeps, glob = glob.startswith("!"), glob.removeprefix("!")
        only_folders, glob = glob.endswith("/"), glob.removesuffix("/")
        return cls(glob.removeprefix("/"), keeps, "/" in glob, only_folders)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(translate(self.glob), re.DOTALL)

    @property
    def last_part(self) -> str:
        """The glob that the name of an entry has to match, or a wider one."""
        head, _, tail = self.glob.rpartition("/")
        return "*" if tail == "**" or "[" in head or head.endswith("\\") else tail


class IgnoreFile:
    """One file of patterns; they apply to the entries of the folder `base` and below it."""

    def __init__(self, base: str, text: str) -> None:
        """`base` is an absolute path."""
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        self._start = len(base.rstrip(os.sep)) + 1
        self._patterns = [Pattern.of(line) for line in lines if line and not line.startswith("#")]
        # Most entries match no pattern at all; their names show it.
        parts = {pattern.last_part for pattern in self._patterns}
        self._names = frozenset(part for part in parts if PLAIN.fullmatch(part))
        globs = sorted(parts - self._names)
        translated = (translate(glob, f"_{number}_") for number, glob in enumerate(globs))
        self._globs = re.compile("|".join(translated) or NEVER, re.DOTALL)

    def ignores(self, name: str, path: str, *, is_folder: bool) -> bool | None:
        """Tell whether the entry is ignored (True), kept on purpose (False) or not named (None)."""
        if name not in self._names and not self._globs.fullmatch(name):
            return None
        relative = path[self._start :].replace(os.sep, "/")
        for pattern in reversed(self._patterns):
            if pattern.only_folders and not is_folder:
                continue
            if pattern.regex.fullmatch(relative if pattern.anchored else name):
                return not pattern.keeps
        return None


def ignore_file(path: str, base: str) -> IgnoreFile | None:
    """Read the patterns for `base`; None if there is no such file or it can't be read."""
    try:
        data = read(path)
    except BadSource:
        return None
    return IgnoreFile(base, data.decode("utf-8-sig", "surrogateescape"))


def _without_trailing_spaces(line: str) -> str:
    stripped = line.rstrip(" ")
    escaped = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if escaped % 2 and stripped != line else stripped
