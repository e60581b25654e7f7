"""Which functions of a folder run, seen by a profile function: fixtures need no instrumentation."""

from __future__ import annotations

import dis
import gc
import inspect
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from functools import cache
from types import CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUSPENDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


class Recorder:
    """Counts the functions below `folder` whose bodies start, in every thread."""

    def __init__(self, folder: Path) -> None:
        self._prefix = str(folder)
        self._started: list[str] = []

    def take(self) -> Counter[str]:
        """How often each function, by qualified name, started since the last call."""
        taken = self._started[:]
        del self._started[: len(taken)]
        return Counter(taken)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Record, in this thread and in all threads that are started meanwhile."""
        before = sys.getprofile(), threading.getprofile()
        sys.setprofile(self._on_event)
        threading.setprofile(self._on_event)
        try:
            yield
        finally:
            sys.setprofile(before[0])
            threading.setprofile(before[1])

    def _on_event(self, frame: FrameType, event: str, _arg: Any) -> None:
        code = frame.f_code
        if not code.co_filename.startswith(self._prefix):
            return
        if event == "call" and _starts(frame):
            self._started.append(_qualified_name(code))
        elif event == "return" and frame.f_lasti == -1:  # closed unstarted, on Python 3.10
            self._started.remove(_qualified_name(code))


def _starts(frame: FrameType) -> bool:
    """Whether a call event is the start of the body: a coroutine has one at each resumption too."""
    if not frame.f_code.co_flags & _SUSPENDS:
        return True
    return frame.f_lasti == _start_of(frame.f_code)


@cache
def _start_of(code: CodeType) -> int:
    """The instruction that a coroutine or generator starts at; -1 up to Python 3.10.

    Closing one that never started is a call event too, at an earlier instruction from 3.11.
    """
    return next((i.offset for i in dis.get_instructions(code) if i.opname == "RESUME"), -1)


@cache
def _qualified_name(code: CodeType) -> str:
    if sys.version_info >= (3, 11):
        return code.co_qualname
    owners = (o.__qualname__ for o in gc.get_referrers(code) if isinstance(o, FunctionType))
    # `functools.wraps` gives a function the name of another one.
    return next((n for n in owners if n.rpartition(".")[2] == code.co_name), code.co_name)


def count_of(name: str, started: Counter[str]) -> int:
    """How often a function ran, given its bare name or (the end of) its qualified name."""
    return sum(n for full, n in started.items() if full == name or full.endswith("." + name))
