"""The FastAPI release of a repository whose root names none, and whose parts do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.project import fastapi_version
from flake8_bgtasks.project.fastapi_version import detect
from tests.fakes import write_tree

if TYPE_CHECKING:
    from pathlib import Path

NEWEST = None
CODE = ("backend/app/main.py", "deep/down/in/here/main.py", "worker/jobs.py")
SHARED = {"pyproject.toml": "[tool.ruff]\n", "shared/base.in": "fastapi==0.99.1\n"}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> str:
    version = "0.80.0"
    monkeypatch.setattr(fastapi_version, "installed_version", lambda: version)
    return version


def version_of(root: Path, files: dict[str, str]) -> str | None:
    write_tree(root, {**SHARED, **files})
    return detect(root, CODE)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "fastapi==0.99.1"),
        ("requirements/base.txt", "fastapi==0.99.1"),
        ("requirements.txt", "-r ../shared/base.in"),
        ("pyproject.toml", '[project]\ndependencies = ["fastapi<0.100"]'),
        ("uv.lock", '[[package]]\nname = "fastapi"\nversion = "0.99.1"\n'),
    ],
)
def test_a_part_tells(tmp_path: Path, name: str, text: str) -> None:
    assert version_of(tmp_path, {f"backend/{name}": text}) == "0.99.1"


def test_the_root_wins(tmp_path: Path) -> None:
    files = {"requirements.txt": "fastapi==0.90", "backend/requirements.txt": "fastapi==0.99.1"}
    assert version_of(tmp_path, files) == "0.90.0"


@pytest.mark.parametrize(
    ("other", "version"),
    [("==0.90", "0.99.1"), ("==0.100", "0.100.0"), (">=0.90", NEWEST), ("", "0.99.1")],
)
def test_the_newest_of_several(tmp_path: Path, other: str, version: str | None) -> None:
    files = {
        "backend/requirements.txt": "fastapi==0.99.1",
        "worker/requirements.txt": f"fastapi{other}",
    }
    assert version_of(tmp_path, files) == version


def test_a_folder_some_way_down(tmp_path: Path) -> None:
    assert version_of(tmp_path, {"deep/down/in/requirements.txt": "fastapi==0.99.1"}) == "0.99.1"


@pytest.mark.parametrize("folder", ["deep/down/in/here", "docs"])
def test_far_folders_and_those_without_code_are_not_asked(
    tmp_path: Path, folder: str, installed: str
) -> None:
    files = {f"{folder}/requirements.txt": "fastapi==0.99.1"}
    assert version_of(tmp_path, files) == installed


def test_where_none_tells_it_is_what_is_installed(tmp_path: Path, installed: str) -> None:
    assert version_of(tmp_path, {"worker/setup.cfg": "[options]\n"}) == installed
