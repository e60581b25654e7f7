"""LibCST's own tool makes the same repairs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import libcst as cst
import pytest
from libcst.codemod import CodemodContext, SkipFile

from flake8_bgtasks import fix
from flake8_bgtasks.codemod import FixBackgroundTasks, planned
from tests.fakes import write_tree

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "flake8_bgtasks.codemod.FixBackgroundTasks"
CODE = {
    "app/helpers.py": """\
from fastapi import BackgroundTasks


def notify(email: str) -> None:
    tasks = BackgroundTasks()
    tasks.add_task(print, email)
""",
    "app/main.py": """\
from fastapi import FastAPI

from app.helpers import notify

app = FastAPI()


@app.post("/users/{email}")
def create_user(email: str) -> None:
    notify(email)
""",
    "tox.ini": "",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, CODE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def libcst_tool(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "libcst.tool", "codemod", "-x", COMMAND, *argv]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_files_are_repaired_together_whatever_the_number_of_processes(here: Path) -> None:
    expected = {here / change.path: change.after for change in fix(write=False).changes}
    assert len(expected) == 2
    done = libcst_tool(here, "--no-format", "-j2", "app")
    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in expected} == expected


def test_levels(here: Path) -> None:
    wrong = libcst_tool(here, "--fixes=all", "app")
    assert wrong.returncode == 2
    assert "argument --fixes: expected one of safe, unsafe, not 'all'" in wrong.stderr
    (here / "app/helpers.py").write_text("x = 1\n")
    assert planned("unsafe") == {}


def test_a_file_that_has_changed_is_skipped(here: Path) -> None:
    command = FixBackgroundTasks(
        CodemodContext(filename=str(here / "app/main.py")), planned("safe")
    )
    with pytest.raises(SkipFile, match="has changed since"):
        command.transform_module(cst.parse_module("x = 1\n"))
    same = FixBackgroundTasks(CodemodContext(filename=str(here / "other.py")), planned("safe"))
    tree = cst.parse_module("x = 1\n")
    assert same.transform_module(tree).code == "x = 1\n"
