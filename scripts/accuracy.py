"""Measure on generated projects what is found and repaired, and write `docs/accuracy.md`.

    python -m scripts.accuracy [--projects N] [--first SEED]

Exit 0 where every rule is found everywhere and nothing else is, 1 otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.generated.judge import Tally
from tests.generated.repairing import Repairs

FASTAPI = version("fastapi")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "accuracy.md"


def main(arguments: list[str] | None = None) -> int:
    """Run the command, return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.accuracy")
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1000)
    options = parser.parse_args(arguments)
    tally, repairs = Tally(), Repairs()
    for seed in range(options.first, options.first + options.projects):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            tally.add(seed, Path(folder).resolve() / "found")
            repairs.add(seed, Path(folder).resolve() / "repaired")
    print("\n".join(tally.wrong), file=sys.stderr)
    PAGE.write_text(page(tally, repairs, options.first), encoding="utf-8")
    return int(bool(tally.wrong))


def page(tally: Tally, repairs: Repairs, first: int) -> str:
    """Return the page."""
    rows = "\n".join(_row(tally, code) for code in sorted({*tally.due, *tally.false}))
    return f"""# Accuracy on generated projects

Written by `python -m scripts.accuracy --first {first} --projects {tally.projects}`.

A generator (`tests/generated`) writes FastAPI projects: chains of calls from a path operation or a
dependency or a WebSocket over up to five modules to an `add_task`, through functions, methods,
services, decorators, partials, closures and threads, imported in six ways; and scenes, about how a
parameter is declared, what is returned, what FastAPI does not fill or calls too late, and what is
closed when a task runs. More than half of them have one mistake, whose line the generator knows;
the others do the same rightly. Each project first **runs under FastAPI {FASTAPI}** (behind a real
server, where that matters), and every task has to be lost, to run, or to fail as the generator
says; then the tool's findings are compared, code by code and line by line.

{tally.projects} projects with {tally.parts} chains and scenes, {tally.right} of them without a
mistake:

| code | due | found | recall | false | precision |
|---|---|---|---|---|---|
{rows}

Then `--fix` repairs each project: {repairs.fixed} findings are repaired, {repairs.refused}
refused. Every repaired project ran under FastAPI again: the tasks of repaired chains run, all
else is as before, and a second run changes nothing.

This measures what the generator can write, not what people write.
"""


def _row(tally: Tally, code: str) -> str:
    due, missed, false = tally.due[code], tally.missed[code], tally.false[code]
    right = due - missed
    return (
        f"| {code} | {due} | {right} | {_percent(right, due)} | {false} "
        f"| {_percent(right, right + false)} |"
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


if __name__ == "__main__":
    sys.exit(main())
