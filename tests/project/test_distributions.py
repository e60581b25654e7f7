"""Which folders hold a distribution of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.project.distributions import markers
from tests.fakes import write_tree

if TYPE_CHECKING:
    from pathlib import Path


def test_markers_beside_and_above_the_files(tmp_path: Path) -> None:
    files = ("api/src/api/main.py", "lib/core/__init__.py", "old/run.py", "bare/run.py")
    expected = ["api/pyproject.toml", "lib/setup.cfg", "old/setup.py", "pyproject.toml"]
    write_tree(tmp_path, {**dict.fromkeys(files, ""), **dict.fromkeys(expected, "")})
    assert sorted(markers(tmp_path, files)) == expected


def test_a_package_that_is_in_none_may_be_one(tmp_path: Path) -> None:
    files = ("__init__.py", "api/__init__.py", "api/app/__init__.py")
    write_tree(tmp_path, {**dict.fromkeys(files, ""), "api/requirements.txt": ""})
    assert list(markers(tmp_path, files)) == ["api/requirements.txt"]


def test_packages_in_packages_hold_none(tmp_path: Path) -> None:
    files = ("app/__init__.py", "app/templates/__init__.py")
    write_tree(tmp_path, {**dict.fromkeys(files, ""), "app/templates/pyproject.toml": ""})
    assert list(markers(tmp_path, files)) == []
