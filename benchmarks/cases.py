"""What is measured, and the goals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import dense, peers
from benchmarks.measure import Command, Measured, paired
from benchmarks.peers import FOLDER
from scripts.realcode.trees import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NOTHING = ("apache-airflow-core", "mlflow", "django", "homeassistant")
SOMETHING = (*("open-webui", "langflow-base", "litellm", "prefect", "letta", "skyvern", "zenml"),)
SIZES = (500, 1000, 2000, 4000, 8000)
OWN_CACHE = {"XDG_CACHE_HOME": str(FOLDER / "cache")}
LIBCST = 0.5
"""Seconds that are allowed above ruff's time, mostly for importing LibCST."""


@dataclass(frozen=True)
class Case:
    """Two commands that do the same work. The ratio of their times is to be at most `goal`.

    `allowance` are seconds that may come on top of `goal` times the peer's. `fewer` cuts the number
    of rounds where a run takes long.
    """

    name: str
    ours: Command
    peer: Command
    goal: float
    allowance: float = 0.0
    fewer: int = 1

    def measure(self, rounds: int) -> Measured:
        """Run both in turn."""
        return paired(self.ours, self.peer, max(rounds // self.fewer, 1))


def all_cases() -> Iterator[Case]:
    """Yield the cases of all trees that have been downloaded, and of the generated ones."""
    for tree in load():
        if tree.root.is_dir() and tree.name in NOTHING:
            yield from _nothing(tree.name, tree.root)
        elif tree.root.is_dir() and tree.name in SOMETHING:
            yield from _something(tree.name, tree.root)
    yield from _dense()
    yield from _long()


def _nothing(name: str, root: Path) -> Iterator[Case]:
    yield _cold(name, root, goal=1.0)
    yield from _warm(name, root)
    if name == "django":
        yield _in_flake8(f"flake8/{name}", root, ("--bgtasks-no-cache",), goal=1.01)


def _something(name: str, root: Path) -> Iterator[Case]:
    yield _cold(name, root, goal=1.0, allowance=LIBCST)
    yield from _warm(name, root)
    if name in ("open-webui", "langflow-base"):
        yield _in_flake8(f"flake8/{name}/cold", root, ("--bgtasks-no-cache",), goal=1.05)
        yield _in_flake8(f"flake8/{name}/warm", root, (), goal=1.01)
    if name == "open-webui":
        for peer, command in peers.with_one_rule().items():
            yield _against(f"one-rule/{peer}", root, command, goal=0.05)


def _cold(name: str, root: Path, goal: float, allowance: float = 0.0) -> Case:
    ours = Command(peers.ours("--no-cache", "."), root)
    return Case(f"cold/{name}", ours, Command(peers.ruff(cache=False), root), goal, allowance)


def _warm(name: str, root: Path) -> Iterator[Case]:
    ours = Command(peers.ours("."), root, OWN_CACHE)
    yield Case(f"warm/{name}", ours, Command(peers.ruff(cache=True), root), 1.6)
    if name != "homeassistant":  # eleven thousand files
        yield Case(f"bare/{name}", ours, Command(peers.bare_python(), root), 2.0)


def _in_flake8(name: str, root: Path, options: Sequence[str], goal: float) -> Case:
    ours = Command(peers.ours_in_flake8("-j2", *options, "."), root, OWN_CACHE)
    return Case(name, ours, Command(peers.flake8("-j2", "."), root), goal, fewer=2)


def _against(name: str, root: Path, command: Sequence[str], goal: float) -> Case:
    ours = Command(peers.ours("--no-cache", "."), root)
    return Case(name, ours, Command(command, root), goal, fewer=5)


def _dense() -> Iterator[Case]:
    for size in SIZES:
        root = dense.make(FOLDER / "trees", size)
        ours = Command(peers.ours("--no-cache", "."), root)
        peer = Command(peers.flake8("-j2", "."), root)
        yield Case(f"dense/{size}", ours, peer, 0.7, fewer=size // 1000 + 1)
    root = dense.make(FOLDER / "trees", 2000)
    yield from _warm("dense-2000", root)
    for peer_name in ("flake8-async", "fixit"):
        if peers.is_there(peer_name):
            command = peers.with_one_rule()[peer_name]
            yield _against(f"dense-one-rule/{peer_name}", root, command, goal=0.1)


def _long() -> Iterator[Case]:
    one, many = (dense.make_long(FOLDER / "trees", files) for files in (1, 100))
    argv = peers.ours("--no-cache", ".")
    yield Case("long/one-file", Command(argv, one), Command(argv, many), 2.0, fewer=2)
