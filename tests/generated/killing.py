"""Generated projects whose repair is killed, or denied something, in the middle of writing.

Every file has to stay whole, and the next run has to leave the project old or new, not in between.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from tests.fixes.cases import sources
from tests.fixes.interrupting import (
    deny,
    has_ended,
    in_child,
    interrupted,
    interrupted_at_line,
    kill_myself,
)
from tests.generated.project import generate
from tests.generated.victim import TOO_LATE, WRITTEN, Victim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from random import Random


@dataclass(frozen=True)
class Effort:
    """How often a project is interrupted.

    At `calls` system calls of writing, None for all of them; at `lines` lines of a run whose repair
    is known, and at `moments` after it has begun to write; at a moment of `whole_runs` that work
    the repair out, and of `commands`; `rows` times, several runs one after the other.
    """

    calls: int | None = None
    lines: int = 0
    moments: int = 0
    whole_runs: int = 0
    commands: int = 0
    rows: int = 0


EVERYWHERE = Effort(None, lines=20, moments=2, whole_runs=1, commands=2, rows=8)
HERE_AND_THERE = Effort(1, lines=5, moments=1, whole_runs=1, rows=2)
_WAYS = (
    ("killed", kill_myself, False),
    ("denied", deny, False),
    ("denied from then on", deny, True),
)


@dataclass
class Kills:
    """Counts over projects, of interruptions, and of how files were found after them.

    `phases`: where runs were that were killed at a random moment.
    """

    projects: int = 0
    files: int = 0
    interrupted: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def include(self, other: Kills) -> None:
        self.projects += other.projects
        self.files += other.files
        self.interrupted.update(other.interrupted)
        self.states.update(other.states)
        self.phases.update(other.phases)
        self.wrong += other.wrong

    def add(self, seed: int, folder: Path, random: Random, effort: Effort) -> None:
        """Repair the project of a seed many times, and interrupt it every time."""
        generate(seed, folder)
        for name, content in sources(folder).items():
            (folder / name).write_bytes(content)
        victim = Victim(folder)
        self.projects += 1
        self.files += len(victim.files)
        self.wrong += [f"seed {seed}: {said}" for said in victim.unsound()]
        if victim.files:
            _Campaign(self, f"seed {seed}", victim, random).run(effort)


class _Campaign:
    """What is done to one project."""

    def __init__(self, kills: Kills, name: str, victim: Victim, random: Random) -> None:
        self._kills = kills
        self._name = name
        self._victim = victim
        self._random = random
        self._calls = victim.calls(victim.written)
        self._lines = victim.lines(victim.ran)
        self._seconds = victim.seconds(victim.ran)

    def run(self, effort: Effort) -> None:
        if effort.calls is None:
            self._at_every_call()
        for call in self._random.sample(range(self._calls), effort.calls or 0):
            self._at_call(call)
        for _ in range(effort.lines):
            self._at_line()
        for _ in range(effort.moments):
            self._at_moment("when it writes", self._victim.ran, self._in_writing)
        for _ in range(effort.whole_runs):
            self._at_moment("the whole run", self._victim.wholly_ran, self._in_run)
        if effort.commands:
            self._commands(effort.commands)
        for _ in range(effort.rows):
            self._in_a_row()

    # What is seen of it

    def _blame(self, what: str, complaints: Iterable[str]) -> None:
        self._kills.wrong += [f"{self._name}, {what}: {complaint}" for complaint in complaints]

    def _note(self, how: str) -> None:
        """Count an interruption, and how it left files; blame it for what may not be."""
        self._kills.interrupted[how] += 1
        self._kills.states[self._victim.state()] += 1
        self._blame(how, self._victim.wrong_state())

    def _note_kill(self, how: str, *, in_time: bool) -> None:
        self._kills.phases[self._victim.phase() if in_time else TOO_LATE] += 1
        self._note(how)

    def _finish(self, how: str, recovered: Callable[[], str], *due: str) -> None:
        self._blame(f"after being {how}", self._victim.wrong_after(recovered, *due))
        self._victim.restore()

    # At system calls

    def _at_every_call(self) -> None:
        for call in range(self._calls):
            self._at_call(call)
        for written in range(1, len(self._victim.files)):
            self._again_at_every_call(written)

    def _at_call(self, call: int) -> None:
        victim = self._victim
        for how, interrupt, ever_after in _WAYS:
            ended = interrupted(victim.written, call, interrupt, ever_after=ever_after)
            self._note(how)
            self._blame(f"{how} at call {call}", victim.wrong_ending(ended))
            self._finish(f"{how} at call {call}", victim.recovered, "old", "new")

    def _again_at_every_call(self, written: int) -> None:
        """Kill a run that has written so many files, and interrupt the next one everywhere."""
        victim = self._victim
        self._kill_when(written)
        calls = victim.calls(victim.put_right)
        for call, interrupt in product(range(calls), (kill_myself, deny)):
            self._kill_when(written)
            interrupted(victim.put_right, call, interrupt)
            self._note("interrupted again")
            self._finish(f"interrupted again at call {call}", victim.recovered, "new")

    def _kill_when(self, written: int) -> None:
        """Kill a run before it puts one more file in place; the journal is put in place first."""
        interrupted(self._victim.written, written + 1, kill_myself, among=["replace"])

    def _in_a_row(self) -> None:
        victim, random = self._victim, self._random
        self._kill_when(random.randrange(len(victim.files)))
        self._note_kill("killed before it replaces a file", in_time=True)
        for _ in range(random.randint(1, 3)):
            if random.random() < 0.5:
                interrupted_at_line(victim.put_right, random.randrange(self._lines))
            else:
                interrupt = random.choice((kill_myself, deny))
                interrupted(victim.put_right, random.randrange(self._calls), interrupt)
            self._note("interrupted again")
        self._finish("interrupted again", victim.recovered, "old", "new")

    # At random

    def _at_line(self) -> None:
        line = self._random.randrange(self._lines)
        ended = interrupted_at_line(_done(self._victim.ran), line)
        self._note_kill("killed at a line", in_time=os.WIFSIGNALED(ended))
        self._finish(f"killed at line {line}", self._victim.ran, "new")

    def _at_moment(self, how: str, action: Callable[[], str], until: Callable[[int], None]) -> None:
        ended = in_child(_done(action), until)
        self._note_kill(f"killed, {how}", in_time=os.WIFSIGNALED(ended))
        self._blame(f"killed, {how}", self._victim.wrong_ending(ended))
        self._finish(f"killed, {how}", self._victim.ran, "new")

    def _in_run(self, child: int) -> None:
        self._wait(child, self._victim.effort)

    def _in_writing(self, child: int) -> None:
        while not (has_ended(child) or self._victim.journal_is_written()):
            time.sleep(0.0001)
        self._wait(child, self._seconds)

    def _wait(self, child: int, seconds: float) -> None:
        """Wait for a part of some seconds, but no longer than a child lives."""
        end = time.perf_counter() + self._random.uniform(0, seconds)
        while time.perf_counter() < end and not has_ended(child):
            time.sleep(0.0001)

    def _commands(self, times: int) -> None:
        """Kill the command, at any moment, and after it has begun to write."""
        seconds = self._victim.seconds(self._victim.commanded)
        for number in range(times):
            with self._victim.command() as process:
                if number % 2:
                    self._in_writing(process.pid)
                else:
                    self._wait(process.pid, seconds)
                process.kill()
            self._note_kill("killed, the command", in_time=process.returncode < 0)
            self._finish("killed, the command", self._victim.commanded, "new")


def _done(action: Callable[[], object]) -> Callable[[], int]:
    """Return what does something, and says that it wrote."""

    def work() -> int:
        action()
        return WRITTEN

    return work
