"""Running two commands in turn, and saying how much longer the first one takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Command:
    """A command and where it runs; `before` is called before each run and not measured."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    before: Callable[[], object] = bool

    def run(self) -> tuple[float, int]:
        """Return the seconds and the peak memory, in kilobytes, of one run."""
        self.before()
        started = time.perf_counter()
        process = subprocess.Popen(
            self.argv,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin is not None
        process.stdin.write(self.stdin)
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return time.perf_counter() - started, usage.ru_maxrss


@dataclass(frozen=True)
class Measured:
    """What was measured: seconds of each run, in pairs, and our peak memory in kilobytes."""

    ours: tuple[float, ...]
    peers: tuple[float, ...]
    memory: int

    @property
    def ratios(self) -> list[float]:
        """Our time over the peer's, pair by pair, sorted."""
        return sorted(a / b for a, b in zip(self.ours, self.peers, strict=True))

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def summary(self) -> str:
        """One line."""
        ours, peers = statistics.median(self.ours), statistics.median(self.peers)
        spread = f"{self.ratios[0]:.2f} to {self.ratios[-1]:.2f}"
        return f"{ours:.3f} s, {peers:.3f} s, ratio {self.ratio:.2f} ({spread})"


def paired(ours: Command, peer: Command, rounds: int) -> Measured:
    """Run both once to warm up, then in turn, A B A B …"""
    ours.run(), peer.run()
    pairs = [(ours.run(), peer.run()) for _ in range(rounds)]
    return Measured(
        ours=tuple(a for (a, _), _ in pairs),
        peers=tuple(b for _, (b, _) in pairs),
        memory=max(memory for (_, memory), _ in pairs),
    )
