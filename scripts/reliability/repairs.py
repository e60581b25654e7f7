"""Repairing generated projects, undisturbed and not."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from scripts.reliability.sections import Measured, Section, table
from tests.generated.killing import Kills
from tests.generated.repairing import Repairs

if TYPE_CHECKING:
    from scripts.reliability.sections import Amounts

FIRST = 5000
RUN_EVERY = 5


def _measure(amounts: Amounts) -> Measured:
    kills, repairs = Kills(), Repairs()
    ran: list[int] = []
    for seed in range(FIRST, FIRST + (amounts.projects or 1000)):
        with tempfile.TemporaryDirectory(dir=_fast()) as name:
            folder = Path(name).resolve()
            os.environ["XDG_STATE_HOME"] = str(folder / "state")
            kills.add(seed, folder / "killed", Random(seed))
            if seed % RUN_EVERY == 0:
                ran.append(seed)
                with contextlib.redirect_stdout(io.StringIO()):
                    repairs.add(seed, folder / "repaired")
    rows = [*kills.interrupted.items(), *((f"… left files {s}", n) for s, n in _states(kills))]
    text = _INTRODUCTION.format(kills=kills, repairs=repairs, ran=len(ran))
    return Measured(f"{text}\n{table(('writing was', 'times'), rows)}", kills.wrong)


def _states(kills: Kills) -> list[tuple[str, int]]:
    return [(state, kills.states[state]) for state in ("old", "new", "mixed", "torn")]


def _fast() -> str | None:
    """Return a folder in memory, since nearly all time goes into bringing files to a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


_INTRODUCTION = """\
{kills.projects} generated projects, in which `--fix --unsafe-fixes` writes {kills.files} files:
all of them can be parsed afterwards, and are not repaired again. {ran} of the projects ran under
FastAPI as repaired by `--fix` ({repairs.fixed} findings, {repairs.refused} refused): the tasks that
were lost run, all else is as before.

Then writing was interrupted: at every system call that opens, syncs, replaces or removes a file,
by `kill -9`, by one "no space left on device", and by that from then on for ever; by `kill -9` at
random moments; and so was a whole run. A file has to be old or new, an error has to leave all files
old, or to say that it could not, and the next run has to leave the project whole.
"""
SECTION = Section("repairs", "Interrupted repairs", _measure)
