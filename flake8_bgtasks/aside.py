"""Work that a process of its own does while this one does something else."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn


def can_fork() -> bool:
    """Tell whether forking is safe here, and a second processor there to gain from it.

    What runs beside others of its kind, as a worker of flake8, has none to gain.
    """
    threading = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    workers = sys.modules.get("multiprocessing.process")
    if workers is not None and workers.parent_process() is not None:
        return False
    return alone and hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1


def aside(work: Callable[[], bytes]) -> Callable[[], bytes | None]:
    """Fork a process that does `work`; return what waits for its result, None if there is none."""
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:  # there are too many
        os.close(writing)
        os.close(reading)
        return _nothing
    if child == 0:
        _do(work, writing)
    os.close(writing)

    def result() -> bytes | None:
        with open(reading, "rb") as pipe:
            data = pipe.read()
        return data if _has_succeeded(child) else None

    return result


def _nothing() -> None:
    return None


def _has_succeeded(child: int) -> bool:
    try:
        return os.waitpid(child, 0)[1] == 0
    except ChildProcessError:  # whoever started this process does not want to know
        return False


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
