"""Repairs take the facts of earlier runs, and leave theirs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.cli import Console, run
from flake8_bgtasks.tracking import parts
from tests.cache.helpers import HELPERS, MAIN, check, fresh
from tests.fakes import write_tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    write_tree(root, {"main.py": MAIN, "helpers.py": HELPERS, "pyproject.toml": ""})
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return root


def repair() -> int:
    streams = (io.StringIO(), io.StringIO())
    return run(["--fix"], Console(*streams, bytes))


def test_what_a_repair_has_found_out_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert repair() == 0
    monkeypatch.delattr(parts, "track")
    assert check().code == 0
    assert "BGT901" in fresh().out


def test_a_repair_does_not_find_out_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(
        project, {"main.py": MAIN.replace("register(name)", "[r(name) for r in [register]]")}
    )
    assert check().code == 1
    monkeypatch.delattr(parts, "track")
    assert repair() == 1  # it can't be repaired
