"""flake8's `exclude`: which paths it leaves out, without importing flake8."""

from __future__ import annotations

import fnmatch
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
NEVER = re.compile(r"(?!)")


def normalize_path(pattern: str, parent: str) -> str:
    """Make a pattern that holds a separator absolute, as flake8 does; others match names."""
    separators = os.sep + (os.altsep or "")
    if pattern == "." or any(separator in pattern for separator in separators):
        pattern = os.path.abspath(os.path.join(parent, pattern))
    return pattern.rstrip(separators)


class Exclude:
    """The patterns of `exclude`, matched with the base name and the absolute path."""

    def __init__(self, patterns: Sequence[str], parent: str) -> None:
        """Relative patterns with a separator are relative to the folder `parent`."""
        normalized = [normalize_path(pattern, parent) for pattern in patterns]
        self._names = _any_of(normalized)
        self._paths = _any_of([p for p in normalized if _may_match_absolute(p)])

    def matches(self, path: str) -> bool:
        """Tell whether an absolute path is left out."""
        return self.matches_entry(os.path.basename(path), path)

    def matches_entry(self, name: str, path: str) -> bool:
        """Like `matches`, for an absolute path whose base name is at hand."""
        return bool(
            self._names.match(os.path.normcase(name)) or self._paths.match(os.path.normcase(path))
        )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    translated = [fnmatch.translate(os.path.normcase(pattern)) for pattern in patterns]
    return re.compile("|".join(translated)) if translated else NEVER


def _may_match_absolute(pattern: str) -> bool:
    """Spare most paths a search: `build` can match a name, but never a whole path."""
    return pattern[:1] in ("*", "?", "[") or os.path.isabs(pattern)
