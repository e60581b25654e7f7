"""Nothing that a checked tree holds leads the tool elsewhere, or has it run something."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import flake8_bgtasks
from tests.cache.helpers import settle
from tests.watched import contents

PACKAGE = Path(flake8_bgtasks.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LOST = "from fastapi import BackgroundTasks\n\n\ndef f():\n    BackgroundTasks().add_task(print)\n"
COMMAND_LINE, FLAKE8 = ("flake8_bgtasks",), ("flake8", "--select=BGT")
FACES = (
    ("pyproject.toml", COMMAND_LINE),
    ("setup.cfg", COMMAND_LINE),
    ("setup.cfg", FLAKE8),
    ("tox.ini", FLAKE8),
    ("pyproject.toml", FLAKE8),
)


def configured(folder: Path, file: str, option: str, value: str, face: tuple[str, ...]) -> None:
    """Write a configuration; in pyproject.toml, flake8 has it through Flake8-pyproject."""
    toml = f'[tool.flake8-bgtasks]\n{option} = "{value}"\n'
    if face == FLAKE8:
        toml = f'[tool.flake8]\nbgtasks-{option} = "{value}"\n'
    ini = f"[flake8]\nbgtasks-{option} = {value}\n"
    (folder / file).write_text(toml if file.endswith("toml") else ini)


def ran(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "main.py").write_text("from fastapi import BackgroundTasks\n")
    return folder


@pytest.mark.parametrize("link", [False, True], ids=["path", "link"])
@pytest.mark.parametrize("option", ["cache-dir", "project-root", "baseline"])
@pytest.mark.parametrize(("file", "face"), FACES)
def test_configuration_of_the_tree_stays_in_it(
    option: str, file: str, face: tuple[str, ...], link: bool, tmp_path: Path, elsewhere: Path
) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "link").symlink_to(elsewhere)
    before = contents(elsewhere)
    configured(root, file, option, "./link" if link else "../elsewhere", face)
    run = ran(root, *face)
    assert run.returncode == (1 if face == FLAKE8 else 2)
    assert "lies outside of" in run.stdout + run.stderr
    assert option in run.stdout + run.stderr
    assert contents(elsewhere) == before


@pytest.mark.parametrize("option", ["cache-dir", "project-root", "baseline"])
def test_a_path_that_is_none_is_a_mistake_of_the_configuration(option: str, tmp_path: Path) -> None:
    configured(tmp_path, "pyproject.toml", option, "a\\u0000b", COMMAND_LINE)
    run = ran(tmp_path, *COMMAND_LINE)
    assert run.returncode == 2
    assert f"pyproject.toml:2: {option}: " in run.stderr
    assert "internal error" not in run.stderr


@pytest.mark.parametrize("file", ["setup.cfg", "tox.ini", ".flake8"])
def test_no_configuration_says_where_the_report_goes(
    file: str, tmp_path: Path, elsewhere: Path
) -> None:
    """flake8 takes its output file from the command line only: our formats write it anew."""
    root = tmp_path / "tree"
    root.mkdir()
    (root / "main.py").write_text(LOST)
    before = contents(elsewhere)
    options = "format = bgtasks-json\noutput-file = ../elsewhere/main.py\ntee = true\n"
    (root / file).write_text(f"[flake8]\n{options}")
    assert "BGT101" in ran(root, *FLAKE8).stdout
    assert contents(elsewhere) == before


TO_FILES = (
    (*COMMAND_LINE, "--output-file"),
    (*COMMAND_LINE, "graph", "--output-file"),
    (*COMMAND_LINE, "tasks", "--output-file"),
    (*FLAKE8, "--format=bgtasks-json", "--output-file"),
)
WRITING = (*TO_FILES, (*COMMAND_LINE, "--write-baseline"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("name", ["link", "folder/main.py", "folder/new/main.py", "pipe"])
@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_no_report_goes_through_what_the_tree_puts_in_its_place(
    command: tuple[str, ...], name: str, tmp_path: Path, elsewhere: Path
) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "tox.ini").touch()
    (root / "main.py").write_text(LOST)
    (root / "link").symlink_to(elsewhere / "main.py")
    (root / "folder").symlink_to(elsewhere)
    os.mkfifo(root / "pipe")
    before = sorted(elsewhere.rglob("*")), contents(elsewhere)
    run = ran(root, *command, name)
    assert (sorted(elsewhere.rglob("*")), contents(elsewhere)) == before
    if name != "pipe":
        assert "leads out of the project" in run.stdout + run.stderr
        assert run.returncode == (1 if command[0] == "flake8" else 2)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file")
@pytest.mark.parametrize("command", TO_FILES, ids=" ".join)
def test_a_report_may_go_to_a_device(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(LOST)
    run = ran(tmp_path, *command, "/dev/stdout")
    assert "Traceback" not in run.stderr
    assert "BGT101" in run.stdout


def test_no_comment_goes_through_a_link_out_of_the_tree(tmp_path: Path, elsewhere: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "tox.ini").touch()
    (elsewhere / "main.py").write_text(LOST)
    (root / "link.py").symlink_to(elsewhere / "main.py")
    run = ran(root, *COMMAND_LINE, "--add-noqa", "link.py")
    assert "link.py: left as it is: can't write it: it is a link that leads out" in run.stdout
    assert (elsewhere / "main.py").read_text() == LOST


@pytest.mark.parametrize("face", [COMMAND_LINE, FLAKE8], ids=" ".join)
def test_the_command_line_may_name_any_place(face: tuple[str, ...], tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "main.py").write_text(LOST)
    prefix = "bgtasks-" if face == FLAKE8 else ""
    run = ran(root, *face, f"--{prefix}cache-dir=../cache")
    assert (run.returncode, run.stderr) == (1, "")
    assert list((tmp_path / "cache").glob("*.report"))


@pytest.mark.parametrize("face", [COMMAND_LINE, FLAKE8], ids=" ".join)
def test_a_cache_that_the_tree_brings_along_says_nothing(
    face: tuple[str, ...], tmp_path: Path
) -> None:
    """Its records are the tool's own, for this very place, and of files that look the same."""
    file = tmp_path / "main.py"
    configured(tmp_path, "setup.cfg", "cache-dir", "./cache", face)
    file.write_text(
        LOST.replace("print", "tasks").replace("BackgroundTasks()", "BackgroundTasks  ")
    )
    os.utime(file, (1e9, 1e9))
    settle()
    assert "BGT101" not in ran(tmp_path, *face).stdout
    assert list((tmp_path / "cache").glob("*.report"))
    file.write_text(LOST)
    os.utime(file, (1e9, 1e9))
    assert "BGT101" in ran(tmp_path, *face).stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.relative_to(PACKAGE).as_posix())
def test_no_module_can_run_what_it_reads(module: Path) -> None:
    tree = ast.parse(module.read_bytes())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names.isdisjoint({"eval", "exec", "__import__", "pickle", "marshal", "shelve"})
