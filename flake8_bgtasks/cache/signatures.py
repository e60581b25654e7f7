"""Telling from the states of files whether they are still what they were."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    State = tuple[int, int, int, int]

ABSENT = "-"
NEVER = "?"
LINES = 3
FINE_GRAIN, COARSE_GRAIN = 100_000_000, 2_100_000_000
"""Nanoseconds within which a file system may give two changes the same time."""


class Signed:
    """Paths and what tells whether the files there have changed, as lines of a record hold them.

    Raises ValueError for a damaged record.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        """The lines are those of `pack`."""
        self._digest, self._paths, self._signatures = lines

    @property
    def paths(self) -> list[str]:
        """Where the files are."""
        return self._paths.split("\0") if self._paths else []

    def changed(self, prefix: str = "") -> list[int]:
        """Return which of the paths, each below `prefix`, have other signatures."""
        states = states_of(self._encoded(prefix))
        if _digest(states) == self._digest:
            return []
        pairs = zip(self._all_signatures(), states, strict=True)
        return [index for index, (old, now) in enumerate(pairs) if old != _signature(now)]

    def _encoded(self, prefix: str) -> list[bytes]:
        """Return the paths as the system wants them, made all at once."""
        if not self._paths:
            return []
        text = prefix + self._paths.replace("\0", "\0" + prefix) if prefix else self._paths
        return os.fsencode(text).split(b"\0")

    def size(self, index: int) -> int | None:
        """Return the size that a file had; None if it was not there."""
        found = self._all_signatures()[index]
        return None if found == ABSENT else int(found.removeprefix(NEVER).partition(" ")[0])

    def _all_signatures(self) -> list[str]:
        return self._signatures.split("\t") if self._signatures else []


def states_of(paths: Sequence[str | bytes]) -> Sequence[State | None]:
    """Return what changes whenever a file does; that of a folder, with the names in it.

    None stands for a path where nothing is.
    """
    try:
        return _states(paths)
    except (OSError, ValueError):
        return [_state_at(path) for path in paths]


def _state_at(path: str | bytes) -> State | None:
    try:
        return _states([path])[0]
    except (OSError, ValueError):
        return None


def _states(paths: Iterable[str | bytes]) -> Sequence[State]:
    return [(s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for s in map(os.stat, paths)]


def pack(paths: Iterable[str], states: Sequence[State | None], started: int) -> list[str]:
    """Return the lines for files that a run has looked at which `started` then, in nanoseconds.

    What was written just before that might change again without a new time: no file is like it.
    """
    signatures = [_settled(_signature(state), state, started) for state in states]
    is_settled = not any(found.startswith(NEVER) for found in signatures)
    digest = _digest(states) if is_settled else NEVER
    return [digest, "\0".join(paths), "\t".join(signatures)]


def _signature(state: State | None) -> str:
    return ABSENT if state is None else f"{state[0]} {hash(state):x}"


def _settled(found: str, state: State | None, started: int) -> str:
    if state is None:
        return found
    newest = max(state[1:3])
    grain = FINE_GRAIN if newest % 1_000_000 else COARSE_GRAIN
    return found if newest < started - grain else NEVER + found


def _digest(states: Sequence[State | None]) -> str:
    """Return a text for all states: where nothing has changed, no other text need be made."""
    return str(hash(tuple(states)))


def identity_of(path: str) -> str:
    """Return what tells whether a name stands for the same folder or file, whatever is in it."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ABSENT
    return f"{status.st_mode} {status.st_ino} {status.st_dev}"


def is_identical(lines: Iterable[str]) -> bool:
    """Tell whether all paths have the identities they had, one a line."""
    pairs = (line.partition("\t") for line in lines)
    return all(identity_of(path) == expected for expected, _, path in pairs)
