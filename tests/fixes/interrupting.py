"""Processes that are stopped, or denied something, in the middle of their work."""

from __future__ import annotations

import errno
import itertools
import os
import signal
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SYSTEM_CALLS = ("open", "replace", "fsync", "unlink", "fchmod")
UNEXPECTED = 99


def in_child(action: Callable[[], int], kill_after: float | None = None) -> int:
    """Fork, and let the child do something; return how it ended, as `os.waitpid` says it.

    A child that comes to its end exits with what `action` returns.
    """
    child = os.fork()
    if child == 0:
        code = UNEXPECTED
        try:
            code = action()
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def interrupt_at(
    step: int, interrupt: Callable[[], None], *, ever_after: bool = False
) -> Iterator[int]:
    """Let something happen to this process before its system call number `step`.

    `ever_after` lets it happen before all later ones too. Returns the counter of the calls. Nothing
    is put back: that is for a process of its own.
    """
    count = itertools.count()

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            number = next(count)
            if number == step or (ever_after and number > step):
                interrupt()
            return function(*arguments, **options)

        return counted

    for name in SYSTEM_CALLS:
        setattr(os, name, counting(getattr(os, name)))
    return count


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deny() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
