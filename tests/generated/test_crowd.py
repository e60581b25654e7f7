"""Eight processes with one cache agree with a single one, whatever happens to the files meanwhile.

`python -m scripts.reliability crowd` does the same for longer.
"""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.generated.crowd import Crowd, damaged_records

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it can't fork")


def test_a_crowd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    crowd = Crowd(runs=1)
    crowd.add(6000, project, Random(6000))
    assert crowd.wrong == []
    assert crowd.changes > 0
    record = next((tmp_path / "cache").rglob("*.report"))
    record.write_bytes(record.read_bytes()[:-1])
    assert damaged_records(tmp_path / "cache") == {record.name}
