"""Which files are tests."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_test(path: str, patterns: Iterable[str]) -> bool:
    """Return whether one of the patterns fits: `name/` a folder, others the file's name or path."""
    *folders, name = path.split("/")
    for pattern in patterns:
        if pattern.endswith("/"):
            if any(fnmatch(folder, pattern[:-1]) for folder in folders):
                return True
        elif fnmatch(name, pattern) or fnmatch(path, pattern):
            return True
    return False
