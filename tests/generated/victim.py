"""A project that is repaired again and again, and interrupted in the middle of it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from flake8_bgtasks.fixes.journal import open_journal
from flake8_bgtasks.fixes.recovery import describe, recover
from flake8_bgtasks.fixes.write import HalfDoneError, WriteError, write
from flake8_bgtasks.repair import Job, carry_out, propose
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.tracking.recorded import Remembered
from tests.fixes.cases import ours, sources
from tests.fixes.interrupting import (
    UNEXPECTED,
    in_child,
    interrupt_at,
    interrupt_at_line,
    kill_myself,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flake8_bgtasks.fixes.apply import Repaired

WRITTEN, REFUSED, HALF = 0, 1, 2
STATES = ("old", "new", "mixed", "torn")
PHASES = (
    "before anything is written",
    "while the journal is written",
    "while new files are made beside the old ones",
    "between two files",
    "when all files are in place, before the journal is struck out",
    "at the end",
)
TOO_LATE = "when it was done already"
_FIX = ("--fix", "--unsafe-fixes", "--extend-select=BGT", "--no-cache")
_COMMAND = (sys.executable, "-m", "flake8_bgtasks", *_FIX)


class Victim:
    """A project in a folder, and its repair, which is worked out once."""

    def __init__(self, root: Path) -> None:
        """The files in `root` are what they are before."""
        self.root = root
        self.old = {name: (root / name).read_bytes() for name in sources(root)}
        self.job = Job(root, sorted(self.old), Settings(), ours, "auto", unsafe=True)
        started = time.perf_counter()
        self._first = propose(self.job).repaired
        self.effort = time.perf_counter() - started
        self.files = self._first.files
        for file in self.files:
            (self.root / file.path).write_bytes(file.new)
        self._second = propose(self.job).repaired
        self.restore()

    def unsound(self) -> Iterator[str]:
        """Say which new contents can't be parsed, or are repaired again."""
        yield from (f"{file.path} can't be parsed" for file in self.files if not _parses(file.new))
        yield from (f"{file.path} is repaired twice" for file in self._second.files)

    def restore(self) -> None:
        for name, content in self.old.items():
            (self.root / name).write_bytes(content)
        open_journal(self.root).path.with_suffix(".new").unlink(missing_ok=True)

    # How files are found

    def state(self) -> str:
        """Tell how the files are: `old`, `new`, `mixed` or `torn`."""
        contents = [(file, (self.root / file.path).read_bytes()) for file in self.files]
        if any(content not in (file.old, file.new) for file, content in contents):
            return "torn"
        found = {"new" if content == file.new else "old" for file, content in contents}
        return found.pop() if len(found) == 1 else "mixed"

    def phase(self) -> str:
        """Tell from what is on the disk where a run was killed that has not torn a file."""
        state, journal = self.state(), open_journal(self.root).path
        if state == "mixed":
            return PHASES[3]
        if journal.exists():
            return PHASES[2 if state == "old" else 4]
        if journal.with_suffix(".new").exists():
            return PHASES[1]
        return PHASES[0 if state == "old" else 5]

    def told(self) -> str | None:
        """Return what a run says that does not write."""
        pending = open_journal(self.root).pending(self.old)
        return describe(pending) if pending else None

    # What is done to it

    def written(self) -> int:
        """Write what is repaired; return what became of it."""
        return _ended(lambda: write(self.root, self.files, open_journal(self.root), os.replace))

    def put_right(self) -> int:
        """Put right what is left of a run; return what became of it."""
        return _ended(self.recovered)

    def recovered(self) -> str:
        """Put right what is left of a run; return what is said."""
        return recover(self.root, open_journal(self.root), self.old) or ""

    def ran(self) -> str:
        """Do all that a run does, but for working out the repair; return what is said first."""

        def known(*_: object) -> Repaired:
            return self._second if self.state() == "new" else self._first

        with patch("flake8_bgtasks.fixes.apply.repair", known):
            return "".join(carry_out(self.job).notices)

    def wholly_ran(self) -> str:
        """Do all that a run does that knows nothing yet; return what is said first."""
        return "".join(carry_out(replace(self.job, facts=Remembered())).notices)

    def command(self) -> subprocess.Popen[str]:
        """Start a run as a user does."""
        nowhere, pipe = subprocess.DEVNULL, subprocess.PIPE
        return subprocess.Popen(_COMMAND, cwd=self.root, text=True, stdout=nowhere, stderr=pipe)

    def commanded(self) -> str:
        """Let the command do all; return what it says of an interrupted run."""
        with self.command() as process:
            said = process.communicate()[1].splitlines()
        return "".join(line for line in said if "interrupted" in line)

    def calls(self, action: Callable[[], int]) -> int:
        """Return how many system calls something takes."""
        return self._counted(action, lambda: interrupt_at(-1, kill_myself))

    def lines(self, action: Callable[[], str]) -> int:
        """Return how many lines of Python something runs."""
        return self._counted(action, lambda: interrupt_at_line(-1, kill_myself))

    def _counted(self, action: Callable[[], object], counter: Callable[[], Iterator[int]]) -> int:
        reading, writing = os.pipe()

        def work() -> int:
            count = counter()
            action()
            os.write(writing, b"%d" % next(count))
            return WRITTEN

        in_child(work)
        number = int(os.read(reading, 20))
        os.close(reading)
        os.close(writing)
        self.restore()
        return number

    def seconds(self, action: Callable[[], str]) -> float:
        """Return how long something takes, which repairs the project."""
        started = time.perf_counter()
        action()
        seconds = time.perf_counter() - started
        assert self.state() == "new"
        self.restore()
        return seconds

    def journal_is_written(self) -> bool:
        return open_journal(self.root).path.exists()

    # What is wrong

    def wrong_state(self) -> Iterator[str]:
        """Say what is wrong with how an interrupted run has left files."""
        state, told = self.state(), self.told()
        if state == "torn":
            yield "a file is torn"
        elif bool(told) != (state == "mixed"):
            yield f"files are {state}, and it is said: {told}"

    def wrong_ending(self, ended: int) -> Iterator[str]:
        """Say what is wrong with how files are after a run that ended so."""
        code, state = os.waitstatus_to_exitcode(ended), self.state()
        due = {WRITTEN: "new", REFUSED: "old"}.get(code, state)
        if state != due:
            yield f"files are {state} where they should be {due}"
        if code == UNEXPECTED:
            yield "an unexpected error"

    def wrong_after(self, recovered: Callable[[], str], *due: str) -> Iterator[str]:
        """Put things right; say what is wrong with that, and with how files are then."""
        state = self.state()
        said = recovered()
        if bool(said) != (state == "mixed"):
            yield f"files were {state}, and the next run says: {said}"
        if self.state() not in due:
            yield f"the next run leaves files {self.state()}"
        yield from (f"{path.name} is left" for path in self.root.rglob("*.bgtasks"))


def _parses(source: bytes) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _ended(action: Callable[[], object]) -> int:
    try:
        action()
    except HalfDoneError:
        return HALF
    except (WriteError, OSError):
        return REFUSED
    return WRITTEN
