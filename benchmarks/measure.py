"""Running two commands in turn, and saying how much longer the first one takes."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

LIMIT = 60
"""Seconds after which a run is ended: it takes at least so long."""


@dataclass(frozen=True)
class Command:
    """A command and where it runs; `before` is called before each run and not measured."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    before: Callable[[], object] = bool

    def run(self) -> Run:
        """Run it once, and wait for it."""
        self.before()
        started = time.perf_counter()
        process = subprocess.Popen(
            self.argv,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        limit = threading.Timer(LIMIT, os.killpg, (process.pid, signal.SIGKILL))
        limit.start()
        assert process.stdin is not None
        process.stdin.write(self.stdin)
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        limit.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


@dataclass(frozen=True)
class Run:
    """What one run took: seconds until its end, seconds of processors, kilobytes at its peak."""

    seconds: float
    processor: float
    memory: int


@dataclass(frozen=True)
class Measured:
    """The runs, in pairs."""

    ours: tuple[Run, ...]
    peers: tuple[Run, ...]

    @property
    def ratios(self) -> list[float]:
        """Our time over the peer's, pair by pair, sorted."""
        return sorted(a.seconds / b.seconds for a, b in zip(self.ours, self.peers, strict=True))

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def processor_ratio(self) -> float:
        """The same of the processors' time, which other work on the machine changes less."""
        pairs = zip(self.ours, self.peers, strict=True)
        return statistics.median(a.processor / b.processor for a, b in pairs)

    @property
    def memory(self) -> int:
        """Our peak memory in kilobytes."""
        return max(run.memory for run in self.ours)

    @property
    def summary(self) -> str:
        """One line."""
        spread = f"{self.ratios[0]:.2f} to {self.ratios[-1]:.2f}"
        processor = f"processors {self.processor_ratio:.2f}"
        times = f"{median(self.ours):.3f} s, {median(self.peers):.3f} s"
        return f"{times}, ratio {self.ratio:.2f} ({spread}), {processor}"


def median(runs: Sequence[Run]) -> float:
    """Return the median of the seconds of runs."""
    return statistics.median(run.seconds for run in runs)


def paired(ours: Command, peer: Command, rounds: int, *, warm_up: bool = True) -> Measured:
    """Run both in turn, A B A B …; before that once to `warm_up`."""
    if warm_up:
        ours.run(), peer.run()
    pairs = [(ours.run(), peer.run()) for _ in range(rounds)]
    return Measured(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))
