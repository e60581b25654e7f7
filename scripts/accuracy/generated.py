"""Generated projects: what FastAPI does with them, what is found, what is repaired."""

from __future__ import annotations

import contextlib
import io
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.accuracy.page import Measured, Section, percent
from scripts.parallel import each
from scripts.reliability.sections import table
from tests.generated.judge import Tally
from tests.generated.repairing import Repairs

if TYPE_CHECKING:
    from argparse import Namespace

FASTAPI = version("fastapi")
_HEAD = ("code", "due", "found", "recall", "false", "precision")


def _measure(options: Namespace) -> Measured:
    tally, repairs = Tally(), Repairs()
    seeds = range(options.first, options.first + options.projects)
    for more_tally, more_repairs in each(_judge, seeds, options.jobs):
        tally.include(more_tally)
        repairs.include(more_repairs)
    rows = [_row(tally, code) for code in sorted({*tally.due, *tally.false})]
    text = _TEXT.format(fastapi=FASTAPI, tally=tally, table=table(_HEAD, rows), repairs=repairs)
    return Measured(text, f"--first {options.first} --projects {tally.projects}", tally.wrong)


def _judge(seed: int) -> tuple[Tally, Repairs]:
    tally, repairs = Tally(), Repairs()
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()):
        folder = Path(name).resolve()
        try:
            tally.add(seed, folder / "found")
            repairs.add(seed, folder / "repaired")
        except Exception as error:
            tally.wrong.append(f"seed {seed}: {error!r}")
    return tally, repairs


def _row(tally: Tally, code: str) -> tuple[object, ...]:
    due, missed, false = tally.due[code], tally.missed[code], tally.false[code]
    right = due - missed
    return code, due, right, percent(right, due), false, percent(right, right + false)


_TEXT = """\
A generator (`tests/generated`) writes FastAPI projects: chains of calls from a path operation or a
dependency or a WebSocket over up to five modules to an `add_task`, through functions, methods,
services, decorators, partials, closures and threads, imported in six ways; and scenes, about how a
parameter is declared, what is returned, what FastAPI does not fill or calls too late, and what is
closed when a task runs. More than half of them have one mistake, whose line the generator knows;
the others do the same rightly. Each project first **runs under FastAPI {fastapi}** (behind a real
server, where that matters), and every task has to be lost, to run, or to fail as the generator
says; then the tool's findings are compared, code by code and line by line.

{tally.projects} projects with {tally.parts} chains and scenes, {tally.right} of them without a
mistake:

{table}
Then `--fix` repairs each project: {repairs.fixed} findings are repaired, {repairs.refused}
refused. Every repaired project ran under FastAPI again: the tasks of repaired chains run, all
else is as before, and a second run changes nothing.

This measures what the generator can write, not what people write.
"""
SECTION = Section("generated", "Generated projects", _measure)
