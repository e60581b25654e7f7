"""What is measured, and the goals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from platformdirs import user_cache_dir

from benchmarks import dense, edits, peers
from benchmarks.measure import Command, Measured, paired
from benchmarks.peers import FOLDER
from scripts.realcode.trees import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NOTHING = ("apache-airflow-core", "mlflow", "django", "homeassistant")
SOMETHING = (*("open-webui", "langflow-base", "litellm", "prefect", "letta", "skyvern", "zenml"),)
LARGE = ("homeassistant", "litellm")
"""These have more than 3,000 files: to look at each takes longer than Python's start."""

EDITED = {"django": "django/shortcuts.py", "open-webui": "open_webui/main.py"}
"""A file that doesn't matter, and one that does, by tree."""

SIZES = (500, 1000, 2000, 4000, 8000)
OWN_CACHE = {"XDG_CACHE_HOME": user_cache_dir("flake8-bgtasks-benchmarks")}
"""Apart from the user's, and outside of the repository: a tree might bring that one along."""

LIBCST = 0.5
"""Seconds that are allowed above ruff's time, mostly for importing LibCST."""


START = 0.015
"""Seconds that the plugin may add to flake8's start."""

LONG = 5

MEMORY = 300
"""Megabytes that are allowed for 2,000 dense files."""


@dataclass(frozen=True)
class Case:
    """Two commands that do the same work. The ratio of their times is to be at most `goal`.

    `allowance` are seconds that may come on top of `goal` times the peer's. `fewer` cuts the number
    of rounds where a run takes long; where it takes very long, there is no run to warm up either.
    """

    name: str
    ours: Command
    peer: Command
    goal: float
    allowance: float = 0.0
    fewer: int = 1

    def measure(self, rounds: int) -> Measured:
        """Run both in turn."""
        warm_up = self.fewer < LONG
        return paired(self.ours, self.peer, max(rounds // self.fewer, 1), warm_up=warm_up)


def all_cases() -> Iterator[Case]:
    """Yield the cases of all trees that have been downloaded, and of the generated ones."""
    for tree in load():
        if tree.root.is_dir() and tree.name in NOTHING:
            yield from _nothing(tree.name, tree.root)
        elif tree.root.is_dir() and tree.name in SOMETHING:
            yield from _something(tree.name, tree.root)
    yield _start()
    yield from _dense()
    yield from _long()


def _nothing(name: str, root: Path) -> Iterator[Case]:
    yield _cold(name, root, goal=1.0)
    yield from _warm(name, root)
    if name == "django":
        yield _in_flake8(f"flake8/{name}", root, ("--bgtasks-no-cache",), goal=1.01)
        yield from _edited(name, root)


def _something(name: str, root: Path) -> Iterator[Case]:
    yield _cold(name, root, goal=1.0, allowance=LIBCST)
    yield from _warm(name, root)
    if name in ("open-webui", "langflow-base"):
        yield _in_flake8(f"flake8/{name}/cold", root, ("--bgtasks-no-cache",), goal=1.05)
        yield _in_flake8(f"flake8/{name}/warm", root, (), goal=1.01)
    if name == "open-webui":
        yield from _edited(name, root, LIBCST)
    for peer, command in peers.with_one_rule().items():
        yield _against(f"one-rule/{name}/{peer}", root, command, goal=0.05)


def _cold(name: str, root: Path, goal: float, allowance: float = 0.0) -> Case:
    ours = Command(peers.ours("--no-cache", "."), root)
    return Case(f"cold/{name}", ours, Command(peers.ruff(cache=False), root), goal, allowance)


def _warm(name: str, root: Path, goal: float = 1.6) -> Iterator[Case]:
    ours = Command(peers.ours("."), root, OWN_CACHE)
    yield Case(f"warm/{name}", ours, Command(peers.ruff(cache=True), root), goal)
    if name not in LARGE:
        yield Case(f"bare/{name}", ours, Command(peers.bare_python(), root), 2.0)


def _edited(name: str, root: Path, allowance: float = 0.0) -> Iterator[Case]:
    """Compare what an editor asks for with a run on a tree in which nothing has changed."""
    copy, edited = FOLDER / "trees" / f"edited-{name}", EDITED[name]
    warm = Command(peers.ours("."), root, OWN_CACHE)
    changed = replace(warm, folder=copy, before=lambda: edits.change(root, copy, edited))
    yield Case(f"edited/{name}/changed", changed, warm, 1.3, allowance)
    argv = peers.ours("--stdin-filename", edited, "-")
    stdin = replace(warm, argv=argv, stdin=(root / edited).read_bytes())
    yield Case(f"edited/{name}/stdin", stdin, warm, 1.3, allowance)


def _start() -> Case:
    """Compare flake8's start-up with and without the plugin."""
    root = dense.make(FOLDER / "trees", 0)
    (root / "empty.py").touch()
    ours = Command(peers.ours_in_flake8("empty.py"), root, OWN_CACHE)
    return Case("flake8/start", ours, Command(peers.flake8("empty.py"), root), 1.0, START)


def _in_flake8(name: str, root: Path, options: Sequence[str], goal: float) -> Case:
    ours = Command(peers.ours_in_flake8("-j2", *options, "."), root, OWN_CACHE)
    return Case(name, ours, Command(peers.flake8("-j2", "."), root), goal)


def _against(name: str, root: Path, command: Sequence[str], goal: float) -> Case:
    ours = Command(peers.ours("--no-cache", "."), root)
    return Case(name, ours, Command(command, root), goal, fewer=LONG)


def _dense() -> Iterator[Case]:
    for size in SIZES:
        root = dense.make(FOLDER / "trees", size)
        ours = Command(peers.ours("--no-cache", "."), root)
        peer = Command(peers.flake8("-j2", "."), root)
        yield Case(f"dense/{size}", ours, peer, 0.7, fewer=size // 1000 + 1)
    root = dense.make(FOLDER / "trees", 2000)
    yield from _warm("dense-2000", root, goal=1.5)
    yield _fix(root)
    for peer_name in ("flake8-async", "fixit"):
        if peers.is_there(peer_name):
            command = peers.with_one_rule()[peer_name]
            yield _against(f"dense-one-rule/{peer_name}", root, command, goal=0.1)


def _fix(root: Path) -> Case:
    copy = root.with_name(f"fixed-{root.name}")
    argv, check = peers.ours("--fix", "--no-cache", "."), peers.ours("--no-cache", ".")
    fix = Command(argv, root.parent, before=lambda: edits.renewed(root, copy))
    return Case("fix/dense-2000", replace(fix, folder=copy), Command(check, root), 2.0, fewer=3)


def _long() -> Iterator[Case]:
    one, many = (dense.make_long(FOLDER / "trees", files) for files in (1, 100))
    half = dense.make_long(FOLDER / "trees", 1, lines=10_000)
    argv = peers.ours("--no-cache", ".")
    yield Case("long/one-file", Command(argv, one), Command(argv, many), 2.0, fewer=2)
    yield Case("long/twice-as-long", Command(argv, one), Command(argv, half), 2.2, fewer=2)
