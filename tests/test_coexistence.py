"""What docs/adopting.md says about other tools is so."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.fakes import write_tree
from tests.test_baseline import MISTAKE

if TYPE_CHECKING:
    from pathlib import Path

IGNORED = MISTAKE.replace("BackgroundTasks()\n", "BackgroundTasks()  # noqa: {}\n")


def flake8(folder: Path, *argv: str) -> str:
    """Run flake8 as a user does; return what it prints."""
    return output(folder, "flake8", "-j1", *argv, "shop.py")


def output(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(("external", "is_reported"), [("[]", True), ('["BGT"]', False)])
def test_ruff_leaves_our_comments_alone_if_it_is_told(
    external: str, is_reported: bool, tmp_path: Path
) -> None:
    config = f'[lint]\nselect = ["RUF100", "RUF102"]\nexternal = {external}\n'
    write_tree(tmp_path, {"shop.py": IGNORED.format("BGT101"), "ruff.toml": config})
    printed = output(tmp_path, "ruff", "check", "--no-cache", "-q", "--output-format=concise", ".")
    assert ("BGT101" in printed) is is_reported


def test_flake8_pyproject_reads_our_options(tmp_path: Path) -> None:
    config = '[tool.flake8]\nselect = ["BGT"]\nbgtasks-fastapi-version = "0.115.12"\n'
    write_tree(tmp_path, {"shop.py": MISTAKE, "pyproject.toml": config})
    assert flake8(tmp_path).startswith("shop.py:8:13: BGT101 ")
    (tmp_path / "pyproject.toml").write_text(config.replace("0.115.12", "new"))
    assert "flake8-bgtasks: 'new' is not a version" in flake8(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.flake8]\nselect = ["E9"]\n')
    assert flake8(tmp_path) == ""


@pytest.mark.parametrize(
    ("argv", "is_reported"),
    [
        (["--select=B"], True),
        (["--select=BGT"], True),
        (["--select=B0,B9"], False),
        (["--extend-ignore=B"], False),
        (["--extend-ignore=B0,B9"], True),
        (["--per-file-ignores=shop.py:B"], False),
    ],
)
def test_codes_that_start_with_b(argv: list[str], is_reported: bool, tmp_path: Path) -> None:
    write_tree(tmp_path, {"shop.py": MISTAKE, "tox.ini": ""})
    assert ("BGT101" in flake8(tmp_path, *argv)) is is_reported


@pytest.mark.parametrize(
    ("codes", "is_reported"),
    [("B", False), ("B008", True), ("B0,B9", True), ("BGT", False), ("BGT1", False)],
)
def test_comments_that_start_with_b(codes: str, is_reported: bool, tmp_path: Path) -> None:
    write_tree(tmp_path, {"shop.py": IGNORED.format(codes), "tox.ini": ""})
    reported = flake8(tmp_path, "--select=BGT,F841")
    assert ("BGT101" in reported) is is_reported
