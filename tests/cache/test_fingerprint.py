"""What makes all records of earlier runs worthless."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.cache import fingerprint

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["checkout", "site-packages"])
def package(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    folder = tmp_path / str(request.param) / "flake8_bgtasks"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "bgt101.py").write_text("x = 1\n")
    os.utime(folder.parent, (1, 1))
    monkeypatch.setattr(fingerprint, "PACKAGE", str(folder))
    monkeypatch.setattr("sys.path", [str(folder.parent)])
    return folder


def test_code_that_is_worked_on_is_looked_at(package: Path) -> None:
    before = fingerprint.fingerprint()
    assert fingerprint.fingerprint() == before
    (package / "rules" / "bgt101.py").write_text("x = 23\n")
    is_checkout = package.parent.name == "checkout"
    assert (fingerprint.fingerprint() != before) == is_checkout


def test_another_installation_is_noticed(package: Path) -> None:
    before = fingerprint.fingerprint()
    (package.parent / "flake8_bgtasks-0.1.0.dist-info").mkdir()
    assert (fingerprint.fingerprint() != before) == (package.parent.name == "site-packages")
