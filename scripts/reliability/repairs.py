"""Repairing generated projects, undisturbed and not."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from scripts.parallel import each
from scripts.reliability.sections import Measured, Section, table
from tests.generated.killing import EVERYWHERE, HERE_AND_THERE, Kills
from tests.generated.repairing import Repairs
from tests.generated.victim import PHASES, STATES, TOO_LATE

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from scripts.reliability.sections import Amounts

FIRST = 10_000
RUN_EVERY = 5
EVERYWHERE_EVERY = 50


def _measure(amounts: Amounts) -> Measured:
    kills, repairs = Kills(), Repairs()
    seeds = range(FIRST, FIRST + (amounts.projects or 2000))
    for more_kills, more_repairs in each(_endure, seeds, amounts.jobs):
        kills.include(more_kills)
        repairs.include(more_repairs)
    text = _INTRODUCTION.format(kills=kills, repairs=repairs, every=EVERYWHERE_EVERY)
    ways = table(("a run was", "times"), kills.interrupted.items())
    found = table(("files were", "times"), _in_order(kills.states, STATES))
    killed = table(("it was killed", "times"), _in_order(kills.phases, (*PHASES, TOO_LATE)))
    return Measured(f"{text}\n{ways}\n{found}\n{_PHASES}\n{killed}", kills.wrong)


def _endure(seed: int) -> tuple[Kills, Repairs]:
    """Interrupt the repair of the project of a seed, and of some run what is repaired."""
    kills, repairs = Kills(), Repairs()
    effort = HERE_AND_THERE if seed % EVERYWHERE_EVERY else EVERYWHERE
    with tempfile.TemporaryDirectory(dir=_fast()) as name:
        folder = Path(name).resolve()
        os.environ["XDG_STATE_HOME"] = str(folder / "state")
        try:
            kills.add(seed, folder / "killed", Random(seed), effort)
            if seed % RUN_EVERY == 0:
                with contextlib.redirect_stdout(io.StringIO()):
                    repairs.add(seed, folder / "repaired")
        except Exception as error:
            kills.wrong.append(f"seed {seed}: {error!r}")
    return kills, repairs


def _in_order(counts: Counter[str], names: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, counts[name]) for name in names]


def _fast() -> str | None:
    """Return a folder in memory, since nearly all time goes into bringing files to a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


_INTRODUCTION = """\
{kills.projects} generated projects, in which `--fix --unsafe-fixes` writes {kills.files} files:
all of them can be parsed afterwards, and are not repaired again. {repairs.projects} of the projects
ran under FastAPI as repaired by `--fix` ({repairs.fixed} findings, {repairs.refused} refused): the
tasks that were lost run, all else is as before.

Then runs were interrupted, by `kill -9`, by one "no space left on device", and by that from then on
for ever: in one of {every} projects at every system call that opens, syncs, replaces or removes a
file, and the run after a run that had replaced some files at each of its calls again; in all others
at random calls. They were killed at random lines of Python, at random moments of writing and of
the whole run, which also was the command itself, and up to three times more while they put right
what the one before had left. A file has to be old or new. Where some are old and others new,
`--diff` has to say so. An error has to leave all files old, or to say that it could not. The next
run has to leave the project whole, to say so if it was not, and to leave nothing beside.
"""
_PHASES = """\
What was on the disk tells how far the runs had come that were killed at random, or before they
replaced one more file:
"""
SECTION = Section("repairs", "Interrupted repairs", _measure)
