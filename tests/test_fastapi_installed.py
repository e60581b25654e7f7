"""The FastAPI release that is installed beside this tool."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.project.fastapi_version import installed_version

if TYPE_CHECKING:
    from pathlib import Path


def test_the_release_beside_this_tool() -> None:
    assert installed_version() == metadata.version("fastapi")


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("fastapi-0.101.0.dist-info", "0.101.0"),
        ("fastapi-0.101.dist-info", "0.101"),
        ("fastapi-next.dist-info", None),
    ],
)
def test_the_first_one_on_the_path(
    name: str, version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in ("fastapi", "fastapi_users-1.0.0.dist-info", "fastapi-cli-2.0.0"):
        (tmp_path / "first" / other).mkdir(parents=True)
    (tmp_path / "second" / name).mkdir(parents=True)
    path = [tmp_path / "absent", tmp_path / "first", tmp_path / "second"]
    monkeypatch.setattr("sys.path", [*map(str, path), *sys.path])
    assert installed_version() == version
