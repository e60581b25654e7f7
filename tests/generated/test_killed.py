"""A repair that is interrupted anywhere leaves files whole, and the next one the project.

`python -m scripts.reliability repairs` does the same with many more projects.
"""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.generated.killing import Kills

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can be killed so")
def test_interrupted_repairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    kills = Kills(random_kills=2, stride=4)
    for seed in (5000, 5001):
        kills.add(seed, tmp_path / str(seed), Random(seed))
    assert kills.wrong == []
    assert kills.files > 4
    assert kills.states["torn"] == 0
    assert min(kills.states[state] for state in ("old", "new", "mixed")) > 0
