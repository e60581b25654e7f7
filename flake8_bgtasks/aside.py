"""Work that a process of its own does while this one does something else."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn


def can_fork() -> bool:
    """Tell whether forking is safe here, and a second processor there to gain from it."""
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    return alone and hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1


def aside(work: Callable[[], bytes]) -> Callable[[], bytes | None]:
    """Fork a process that does `work`; return what waits for its result, None if it failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _do(work, writing)
    os.close(writing)

    def result() -> bytes | None:
        with open(reading, "rb") as pipe:
            data = pipe.read()
        _, status = os.waitpid(child, 0)
        return data if status == 0 else None

    return result


def _do(work: Callable[[], bytes], writing: int) -> NoReturn:
    """Do it and end, whatever happens, without a trace in what this process shares with the first.

    That one does the work itself if there is no result.
    """
    status = 1
    try:
        with open(writing, "wb") as pipe:
            pipe.write(work())
        status = 0
    finally:
        os._exit(status)
