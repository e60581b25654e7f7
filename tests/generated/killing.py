"""Generated projects whose repair is killed, or denied something, in the middle of writing.

Every file has to stay whole, and the next run has to leave the project old or new, not in between.
"""

from __future__ import annotations

import ast
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.journal import open_journal
from flake8_bgtasks.fixes.recovery import describe, recover
from flake8_bgtasks.fixes.write import HalfDoneError, WriteError, write
from flake8_bgtasks.repair import Job, carry_out, propose
from flake8_bgtasks.settings import Settings
from tests.fixes.cases import ours, sources
from tests.fixes.interrupting import UNEXPECTED, deny, in_child, interrupt_at, kill_myself
from tests.generated.project import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from random import Random

    from flake8_bgtasks.fixes.write import NewContent

WRITTEN, REFUSED, HALF = 0, 1, 2


@dataclass
class Kills:
    """Counts over projects; `states` says how files were found after being interrupted.

    Every `stride`-th system call is interrupted.
    """

    random_kills: int = 5
    stride: int = 1
    projects: int = 0
    files: int = 0
    interrupted: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, seed: int, folder: Path, random: Random) -> None:
        """Repair the project of a seed many times, and interrupt it every time."""
        generate(seed, folder)
        for name, content in sources(folder).items():
            (folder / name).write_bytes(content)
        victim = Victim(folder)
        self.projects += 1
        self.files += len(victim.files)
        if victim.files:
            self._interrupt(f"seed {seed}", victim, random)

    def _interrupt(self, name: str, victim: Victim, random: Random) -> None:
        self.wrong += [f"{name}: {said}" for said in victim.unsound()]
        calls, seconds = victim.measured()
        for step in range(0, calls, self.stride):
            before = f"{name}, call {step}"
            self._look(f"{before}, killed", victim, victim.interrupted(step, kill_myself))
            self._look(f"{before}, denied", victim, victim.interrupted(step, deny))
            full = victim.interrupted(step, deny, ever_after=True)
            self._look(f"{before}, denied from then on", victim, full)
        for _ in range(self.random_kills):
            after = random.uniform(0, seconds)
            self._look(f"{name}, killed at random", victim, in_child(victim.write, after))
        self._kill_whole_run(name, victim, random)

    def _kill_whole_run(self, name: str, victim: Victim, random: Random) -> None:
        victim.restore()
        started = time.perf_counter()
        carry_out(victim.job)
        seconds = time.perf_counter() - started
        victim.restore()
        in_child(victim.repair, random.uniform(0, seconds))
        self.interrupted["killed, the whole run"] += 1
        carry_out(victim.job)
        if victim.state() != "new":
            self.wrong.append(f"{name}: after a run that was killed, the next one does not repair")
        victim.restore()

    def _look(self, name: str, victim: Victim, ended: int) -> None:
        """Count how the files are found, and let the next run put them right."""
        self.interrupted[name.partition(", ")[2].rpartition(", ")[2]] += 1
        state = victim.state()
        self.states[state] += 1
        self.wrong += [f"{name}: {said}" for said in victim.complaints(state, ended)]
        victim.restore()


class Victim:
    """A project, and what repairing it writes."""

    def __init__(self, root: Path) -> None:
        """The files in `root` are what they are before."""
        self.root = root
        self.old = {name: (root / name).read_bytes() for name in sources(root)}
        self.job = Job(root, sorted(self.old), Settings(), ours, "auto", unsafe=True)
        self.files: Sequence[NewContent] = propose(self.job).repaired.files

    def unsound(self) -> list[str]:
        """Say which new contents can't be parsed, or are repaired again."""
        for file in self.files:
            ast.parse(file.new)
            (self.root / file.path).write_bytes(file.new)
        again = propose(self.job).repaired.files
        self.restore()
        return [f"{file.path} is repaired twice" for file in again]

    def restore(self) -> None:
        for name, content in self.old.items():
            (self.root / name).write_bytes(content)

    def state(self) -> str:
        """Tell how the files are: `old`, `new`, `mixed` or `torn`."""
        contents = [(file, (self.root / file.path).read_bytes()) for file in self.files]
        if any(content not in (file.old, file.new) for file, content in contents):
            return "torn"
        found = {"new" if content == file.new else "old" for file, content in contents}
        return found.pop() if len(found) == 1 else "mixed"

    def write(self) -> int:
        """Write what is repaired; return what became of it."""
        try:
            write(self.root, self.files, open_journal(self.root), os.replace)
        except HalfDoneError:
            return HALF
        except (WriteError, OSError):
            return REFUSED
        return WRITTEN

    def repair(self) -> int:
        carry_out(self.job)
        return WRITTEN

    def measured(self) -> tuple[int, float]:
        """Return how many system calls writing takes, and how many seconds."""

        def count() -> int:
            calls = interrupt_at(-1, kill_myself)
            self.write()
            return next(calls)

        started = time.perf_counter()
        calls = os.waitstatus_to_exitcode(in_child(count))
        seconds = time.perf_counter() - started
        self.restore()
        return calls, seconds

    def interrupted(
        self, step: int, interrupt: Callable[[], None], *, ever_after: bool = False
    ) -> int:
        """Write, with something in the way of one system call."""

        def work() -> int:
            interrupt_at(step, interrupt, ever_after=ever_after)
            return self.write()

        return in_child(work)

    def complaints(self, state: str, ended: int) -> list[str]:
        """Say what is wrong with how a run ended, or with what the next one makes of it."""
        code = os.waitstatus_to_exitcode(ended)
        due = {WRITTEN: "new", REFUSED: "old"}.get(code, state)
        found = [f"{state} where it should be {due}"] if state != due or state == "torn" else []
        found += ["an unexpected error"] if code == UNEXPECTED else []
        pending = open_journal(self.root).pending(self.old)
        told = describe(pending) if pending else None
        said = recover(self.root, open_journal(self.root), self.old)
        if state == "mixed" and not (told and said):
            found.append("nobody says that files are mixed")
        if self.state() not in ("old", "new"):
            found.append("the next run leaves files mixed")
        left = [path.name for path in self.root.rglob("*.bgtasks")]
        return found + [f"{name} is left" for name in left]
