"""Work grows with the size of a project, whatever its shape: there is no quadratic step.

`python -m scripts.reliability shapes` measures the time that large ones take. Here the calls of
small ones are counted, which is exact.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks import dense
from flake8_bgtasks.engine import check
from flake8_bgtasks.repair import Job, propose
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.tracking import ways
from scripts.reliability.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import FrameType

    from scripts.reliability.shapes import Shape

SIZES = (60, 150, 240)
FEW = (6, 12, 18)
CROWDED = ("all of each other", "inherit from each other")
"""Everything in these is about everything: a few are as good as many."""

TOLERANCE, TOLERANCE_OF_FEW = 1.11, 1.25
NOTHING = 0.05
"""Calls for each character."""


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_second_half_costs_what_the_first_costs(
    shape: Shape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "BUDGET", 1000)  # which takes effect in long functions only
    is_crowded = any(words in shape.name for words in CROWDED)
    sizes, tolerance = (FEW, TOLERANCE_OF_FEW) if is_crowded else (SIZES, TOLERANCE)
    projects = [shape.write(size) for size in sizes]
    calls_to_check(tmp_path, projects[0])  # the first time, modules are imported
    calls = [calls_to_check(tmp_path, files) for files in projects]
    lengths = [sum(map(len, files.values())) for files in projects]
    first, second = ((calls[n + 1] - calls[n]) / (lengths[n + 1] - lengths[n]) for n in range(2))
    assert second <= tolerance * first + NOTHING


def test_the_second_half_is_repaired_like_the_first(tmp_path: Path) -> None:
    roots = [dense.make(tmp_path, size) for size in (20, 60, 100)]
    calls_of(lambda: repaired(roots[0]))
    calls = [calls_of(lambda root=root: repaired(root)) for root in roots]  # type: ignore[misc]
    assert calls[2] - calls[1] <= TOLERANCE * (calls[1] - calls[0])


def repaired(root: Path) -> None:
    """Repair a project in memory."""
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py"))
    job = Job(root, files, Settings("0.115.0"), lambda found, _: found, "auto", unsafe=False)
    assert propose(job).repaired.fixed == len(files) // 2


def calls_to_check(folder: Path, files: Mapping[str, str]) -> int:
    """Check a project that is not on disk; return how many functions that calls."""
    overlays = {path: text.encode() for path, text in files.items()}
    settings = Settings("0.115.0")
    return calls_of(lambda: check(folder, files, files, settings, overlays=overlays))


def calls_of(work: Callable[[], object]) -> int:
    """Return how many functions some work calls."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls
