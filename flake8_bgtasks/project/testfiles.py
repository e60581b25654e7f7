"""Which files are tests."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import lru_cache


@lru_cache(maxsize=1 << 16)
def is_test(path: str, patterns: tuple[str, ...]) -> bool:
    """Return whether one of the patterns fits: `name/` a folder, others the file's name or path."""
    *folders, name = path.split("/")
    for pattern in patterns:
        if pattern.endswith("/"):
            if any(fnmatch(folder, pattern[:-1]) for folder in folders):
                return True
        elif fnmatch(name, pattern) or fnmatch(path, pattern):
            return True
    return False
