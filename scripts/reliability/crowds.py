"""Many processes at once on one project with one cache."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from scripts.reliability.sections import Measured, Section
from tests.generated.crowd import Crowd

if TYPE_CHECKING:
    from scripts.reliability.sections import Amounts

FIRST = 6000


def _measure(amounts: Amounts) -> Measured:
    crowd, before = Crowd(), Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        os.environ.update(XDG_CACHE_HOME=f"{folder}/cache", XDG_STATE_HOME=f"{folder}/state")
        (folder / "project").mkdir()
        os.chdir(folder / "project")
        for seed in range(FIRST, FIRST + (amounts.rounds or 50)):
            crowd.add(seed, folder / "project", Random(seed))
        os.chdir(before)
    return Measured(_TEXT.format(crowd=crowd), crowd.wrong)


_TEXT = """\
{crowd.rounds} generated projects, on each of which {crowd.processes} processes with one cache check
{crowd.runs} times while files are edited, cut and written again, exchanged, hidden and put in place
of each other ({crowd.changes} changes), then twice on what is left: {crowd.checks} checks. None of
them may fail, no record of the cache may be damaged, and in the end all have to say what one
process without a cache says. Then two processes repair each project at once ({crowd.repairs}
repairs): what is left has to be what one of them alone leaves.
"""
SECTION = Section("crowd", "Many processes at once", _measure)
