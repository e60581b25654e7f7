"""A repair that is interrupted anywhere leaves files whole, and the next one the project.

`python -m scripts.reliability repairs` does the same with many more projects.
"""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.generated.killing import Effort, Kills

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can be killed so")
def test_interrupted_repairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    kills = Kills()
    effort = Effort(4, lines=6, moments=1, whole_runs=1, commands=2, rows=3)
    for seed in (5000, 5001):
        kills.add(seed, tmp_path / str(seed), Random(seed), effort)
    assert kills.wrong == []
    assert kills.files > 4
    assert kills.states["torn"] == 0
    assert min(kills.states[state] for state in ("old", "new", "mixed")) > 0


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can be killed so")
def test_a_project_interrupted_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    kills = Kills()
    kills.add(5003, tmp_path / "project", Random(1), Effort(calls=None))
    assert kills.wrong == []
    assert min(kills.states[state] for state in ("old", "new", "mixed")) > 0
