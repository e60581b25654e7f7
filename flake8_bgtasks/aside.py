"""Work that a process of its own does while this one does something else."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


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

    def write() -> None:
        with open(writing, "wb") as pipe:
            pipe.write(work())

    child = _forked(write, reading, writing)
    if child is None:
        return _nothing
    os.close(writing)

    def result() -> bytes | None:
        with open(reading, "rb") as pipe:
            data = pipe.read()
        return data if _has_succeeded(child) else None

    return result


class Talk:
    """What two processes say to each other, in the terms of JSON; `child` is the other one."""

    def __init__(self, reading: int, writing: int, child: int | None = None) -> None:
        self._reading = reading
        self._writing = writing
        self._child = child
        self._heard = b""
        self._lines: list[bytes] = []

    def say(self, what: object) -> None:
        """Say something; it may have to wait until the other process listens."""
        import json

        data = memoryview(json.dumps(what).encode() + b"\n")
        while data:
            data = data[os.write(self._writing, data) :]

    def hear(self) -> Any:
        """Return what was said next. Raises EOFError once there is nothing more."""
        import json

        while not self._lines:
            self._read()
        return json.loads(self._lines.pop())

    def has_more(self) -> bool:
        """Return whether `hear` would not have to wait."""
        import select

        poll = select.poll()
        poll.register(self._reading, select.POLLIN)
        return bool(self._lines or poll.poll(0))

    def _read(self) -> None:
        part = os.read(self._reading, _PART)
        if not part:
            raise EOFError
        *lines, rest = part.split(b"\n")
        if lines:
            lines[0] = self._heard + lines[0]
            self._lines, self._heard = lines[::-1], b""
        self._heard += rest

    def end(self) -> None:
        """End it, and with it the other process."""
        if self._child is not None:
            os.close(self._writing)
            os.close(self._reading)
            _has_succeeded(self._child)
            self._child = None


_PART = 1 << 20


def beside(work: Callable[[Talk], None]) -> Talk | None:
    """Fork a process that does `work`, talking with this one; None where there can be none."""
    listening, saying = os.pipe()
    answered, answering = os.pipe()

    def answer() -> None:
        os.close(saying)
        os.close(answered)
        work(Talk(listening, answering))

    child = _forked(answer, listening, saying, answered, answering)
    if child is None:
        return None
    os.close(listening)
    os.close(answering)
    return Talk(answered, saying, child)


def _nothing() -> None:
    return None


def _has_succeeded(child: int) -> bool:
    try:
        return os.waitpid(child, 0)[1] == 0
    except ChildProcessError:  # whoever started this process does not want to know
        return False


def _forked(work: Callable[[], None], *pipes: int) -> int | None:
    """Return a new process that does `work`; None, with the pipes closed, where there can be none.

    It ends with the work, whatever happens, and leaves no trace in what it shares with this one,
    which does the work itself if there is no result.
    """
    try:
        child = os.fork()
    except OSError:  # there are too many
        for descriptor in pipes:
            os.close(descriptor)
        return None
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child
