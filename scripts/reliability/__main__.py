"""Measure how the tool bears hostile and enormous input, and write `docs/reliability.md`.

    python -m scripts.reliability [--projects N] [--trees FOLDER…]

Exit 0 where it never failed, 1 otherwise.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.reliability.measure import LIMIT, Run, run_on, run_on_files
from scripts.reliability.mutations import Endured, endure
from scripts.reliability.shapes import SHAPES, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
TREES = (Path(sysconfig.get_path("stdlib")) / "test", Path(sysconfig.get_path("purelib")))

_HEAD = """\
# Reliability

Written by `python -m scripts.reliability`, with Python {python}. Times depend on the machine; what
matters is how they grow.

## Damaged projects

The fixture projects, one file of each damaged: bytes put in, cut out or repeated, lines dropped or
swapped.

| projects | with a file that can't be parsed (BGT900) | errors of the tool | slowest |
|---|---|---|---|
"""
_SHAPES = """\
## Extreme shapes

The command line on generated projects, without the cache.

| number of | size | exit code | reported | time | peak memory |
|---|---|---|---|---|---|
"""
_TREES = """
## Whole trees

Python's own tests, with all their broken and odd files, and an environment's installed packages.

| tree | exit code | reported | time | peak memory |
|---|---|---|---|---|
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command, return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reliability")
    parser.add_argument("--projects", type=int, default=20_000)
    parser.add_argument("--trees", type=Path, nargs="*", default=TREES)
    options = parser.parse_args(arguments)
    endured = endure(options.projects, seed=1)
    shapes = [(shape, size, _run(shape, size)) for shape in SHAPES for size in shape.sizes]
    trees = [(tree, run_on(tree)) for tree in options.trees]
    PAGE.write_text("".join(_page(endured, shapes, trees)), encoding="utf-8")
    failed = [run for *_, run in shapes if run is None or run.code not in (0, 1)]
    failed += [run for _, run in trees if run.code not in (0, 1)]
    return int(bool(endured.errors or failed))


def _run(shape: Shape, size: int) -> Run | None:
    try:
        return run_on_files(shape.write(size))
    except subprocess.TimeoutExpired:
        return None


def _page(
    endured: Endured, shapes: list[tuple[Shape, int, Run | None]], trees: list[tuple[Path, Run]]
) -> Iterator[str]:
    yield _HEAD.format(python=platform.python_version())
    yield f"| {endured.projects} | {endured.unreadable} | {len(endured.errors)} "
    yield f"| {endured.slowest:.1f} s |\n\n"
    yield "".join(f"- {error}\n" for error in endured.errors)
    yield _SHAPES
    for shape, size, run in shapes:
        yield f"| {shape.name} | {size} | {_columns(run)} |\n"
    yield _TREES
    for tree, run in trees:
        yield f"| {tree.name} | {_columns(run)} |\n"


def _columns(run: Run | None) -> str:
    if run is None:
        return f"none within {LIMIT} s | – | – | –"
    reported = ", ".join(run.reported) or "nothing"
    return f"{run.code} | {reported} | {run.seconds:.1f} s | {run.megabytes} MB"


if __name__ == "__main__":
    sys.exit(main())
