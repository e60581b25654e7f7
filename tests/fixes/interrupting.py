"""Processes that are stopped, or denied something, in the middle of their work."""

from __future__ import annotations

import errno
import itertools
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    TraceFunction = Callable[[FrameType, str, object], "TraceFunction"]

SYSTEM_CALLS = ("open", "replace", "fsync", "unlink", "fchmod")
UNEXPECTED = 99


def in_child(action: Callable[[], int], until: Callable[[int], None] | None = None) -> int:
    """Fork, and let the child do something; return how it ended, as `os.waitpid` says it.

    A child that comes to its end exits with what `action` returns; it is killed before when `until`
    returns, which gets its process and is called when it begins.
    """
    begun, begin = os.pipe()
    child = os.fork()
    if child == 0:
        code = UNEXPECTED
        try:
            os.write(begin, b".")
            code = action()
        finally:
            os._exit(code)
    os.read(begun, 1)
    os.close(begun)
    os.close(begin)
    if until is not None:
        until(child)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def has_ended(child: int) -> bool:
    """Return whether a child has ended, which is still to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def interrupt_at(
    step: int,
    interrupt: Callable[[], None],
    *,
    ever_after: bool = False,
    among: Sequence[str] = SYSTEM_CALLS,
) -> Iterator[int]:
    """Let something happen to this process before its system call number `step`.

    `ever_after` lets it happen before all later ones too; `among` are the calls that are counted.
    Returns the counter of the calls. Nothing is put back: that is for a process of its own.
    """
    count = itertools.count()

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            number = next(count)
            if number == step or (ever_after and number > step):
                interrupt()
            return function(*arguments, **options)

        return counted

    for name in among:
        setattr(os, name, counting(getattr(os, name)))
    return count


def interrupt_at_line(line: int, interrupt: Callable[[], None]) -> Iterator[int]:
    """Let something happen to this process before the line of Python that it runs as number `line`.

    Returns the counter of the lines.
    """
    count = itertools.count()

    def trace(_frame: FrameType, event: str, _argument: object) -> TraceFunction:
        if event == "line" and next(count) == line:
            interrupt()
        return trace

    sys.settrace(trace)
    return count


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deny() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(
    action: Callable[[], int],
    step: int,
    interrupt: Callable[[], None],
    *,
    ever_after: bool = False,
    among: Sequence[str] = SYSTEM_CALLS,
) -> int:
    """Do something in a child, interrupted at a system call; see `interrupt_at`."""

    def work() -> int:
        interrupt_at(step, interrupt, ever_after=ever_after, among=among)
        return action()

    return in_child(work)


def interrupted_at_line(action: Callable[[], int], line: int) -> int:
    """Do something in a child that is killed at a line; see `interrupt_at_line`."""

    def work() -> int:
        interrupt_at_line(line, kill_myself)
        return action()

    return in_child(work)
