"""A progress bar for long runs."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

PATIENCE = 1.0
INTERVAL = 0.1
WIDTH = 30


class ProgressBar:
    """Shows itself on a terminal, and only when a run takes longer than a second."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Write to `stream` if that is a terminal; `clock` counts seconds."""
        self._stream = stream
        self._clock = clock
        self._next = clock() + PATIENCE if stream.isatty() else float("inf")
        self._shown = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Tell how far a stage is."""
        now = self._clock()
        if now >= self._next:
            self._next = now + INTERVAL
            filled = WIDTH * done // max(total, 1)
            self._write(f"{stage} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}")

    def close(self) -> None:
        """Wipe the bar away."""
        if self._shown:
            self._write("")

    def _write(self, text: str) -> None:
        blank = " " * max(self._shown - len(text), 0)
        self._stream.write(f"\r{text}{blank}" if text else f"\r{blank}\r")
        self._stream.flush()
        self._shown = len(text)
