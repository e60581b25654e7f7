"""flake8's `exclude`: which paths it leaves out, without importing flake8."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

DEFAULT_EXCLUDE = (
    ".svn",
    "CVS",
    ".bzr",
    ".hg",
    ".git",
    "__pycache__",
    ".tox",
    ".nox",
    ".eggs",
    "*.egg",
)
SPECIAL = "*?["


def normalize_path(pattern: str, parent: str) -> str:
    """Make a pattern that holds a separator absolute, as flake8 does; others match names."""
    separators = os.sep + (os.altsep or "")
    if pattern == "." or any(separator in pattern for separator in separators):
        pattern = os.path.abspath(os.path.join(parent, pattern))
    return pattern.rstrip(separators)


class Exclude:
    """The patterns of `exclude`, matched with the base name and the absolute path.

    Plain names and plain ends of names are compared, as nearly all patterns are one of these and
    importing `fnmatch` takes longer than most checks.
    """

    def __init__(self, patterns: Sequence[str], parent: str) -> None:
        """Relative patterns with a separator are relative to the folder `parent`."""
        normalized = {os.path.normcase(normalize_path(p, parent)) for p in patterns}
        self._plain = frozenset(p for p in normalized if _is_plain(p))
        rest = normalized - self._plain
        ends = {p for p in rest if p.startswith("*") and _is_plain(p[1:])}
        self._ends = tuple(sorted(p[1:] for p in ends))
        self._globs = _any_of(sorted(rest - ends))

    def matches(self, path: str) -> bool:
        """Tell whether an absolute path is left out."""
        return self.matches_entry(os.path.basename(path), path)

    def matches_entry(self, name: str, path: str) -> bool:
        """Like `matches`, for an absolute path whose base name is at hand."""
        name, path = os.path.normcase(name), os.path.normcase(path)
        return (
            name in self._plain
            or path in self._plain
            or path.endswith(self._ends)
            or self._globs(name)
            or self._globs(path)
        )


def _is_plain(pattern: str) -> bool:
    return not any(character in pattern for character in SPECIAL)


def _any_of(patterns: Iterable[str]) -> Callable[[str], bool]:
    if not patterns:
        return _nothing
    import fnmatch
    import re

    match = re.compile("|".join(map(fnmatch.translate, patterns))).match
    return lambda text: match(text) is not None


def _nothing(_text: str) -> bool:
    return False
