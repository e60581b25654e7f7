"""Telling from a file's status whether it is still what it was."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ABSENT = "-"
NEVER = "?"
FINE_GRAIN, COARSE_GRAIN = 100_000_000, 2_100_000_000
"""Nanoseconds within which a file system may give two changes the same time."""


def signature(status: os.stat_result) -> str:
    """Return what changes whenever a file does."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def spelled(state: Iterable[int]) -> str:
    """Return the signature of a file whose size, times and inode these are."""
    return " ".join(map(str, state))


def signature_of(path: str) -> str:
    """Return the signature of a file; that of a folder changes with the names in it."""
    try:
        return signature(os.stat(path))
    except (OSError, ValueError):
        return ABSENT


def identity_of(path: str) -> str:
    """Return what tells whether a name stands for the same folder or file, whatever is in it."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ABSENT
    return f"{status.st_mode} {status.st_ino} {status.st_dev}"


def settled(found: str, started: int) -> str:
    """Return a signature; marked if the file was written as the run `started`: no file has that.

    It might change again without a new time. `started` is a `time.time_ns`.
    """
    if found == ABSENT:
        return found
    _, modified, changed, _ = found.split()
    newest = max(int(modified), int(changed))
    grain = FINE_GRAIN if newest % 1_000_000 else COARSE_GRAIN
    return found if newest < started - grain else NEVER + found


def size_in(found: str) -> int:
    """Return the size in a settled signature. Raises ValueError for that of an absent file."""
    return int(found.removeprefix(NEVER).partition(" ")[0])


def pack(paths: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield lines for paths and their signatures."""
    for path, found in paths:
        yield f"{found}\t{path}"


def changed(lines: Iterable[str], prefix: str = "", limit: int = 1) -> list[int]:
    """Return which packed paths, each below `prefix`, have other signatures; `limit` are enough."""
    found: list[int] = []
    stat = os.stat
    for index, line in enumerate(lines):
        expected, _, path = line.partition("\t")
        try:
            status = stat(prefix + path)
            now = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"
        except (OSError, ValueError):
            now = ABSENT
        if now != expected:
            found.append(index)
            if len(found) >= limit:
                break
    return found


def is_identical(lines: Iterable[str]) -> bool:
    """Tell whether all packed paths have the identities they had."""
    pairs = (line.partition("\t") for line in lines)
    return all(identity_of(path) == expected for expected, _, path in pairs)
