"""On generated projects, the tool finds what FastAPI loses, and nothing else.

`python -m scripts.accuracy` does the same with many more of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.generated.judge import Tally
from tests.generated.project import generate
from tests.generated.repairing import Repairs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", range(30))
def test_findings_are_what_fastapi_loses(seed: int, tmp_path: Path) -> None:
    tally = Tally()
    tally.add(seed, tmp_path)
    assert tally.wrong == []


def test_a_seed_always_gives_the_same_project(tmp_path: Path) -> None:
    for name in ("first", "second"):
        generate(7, tmp_path / name)
    first, second = (
        {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.py")}
        for folder in (tmp_path / "first", tmp_path / "second")
    )
    assert first == second


def test_repaired_projects_run_their_tasks(tmp_path: Path) -> None:
    repairs = Repairs()
    for seed in range(100, 112):
        repairs.add(seed, tmp_path / str(seed))
    assert repairs.fixed > 12
    assert repairs.refused == 0
