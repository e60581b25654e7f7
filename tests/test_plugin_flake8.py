"""flake8 and the real engine together, as a user runs them."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cache.helpers import settle

if TYPE_CHECKING:
    from pathlib import Path

MISTAKE = """\
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def send_mail() -> None:
    print("sent")


@app.post("/users")
def create_user() -> dict[str, str]:
    bg = BackgroundTasks()
    bg.add_task(send_mail)
    return {"status": "created"}
"""
PLACE = "12:10: BGT101"
MODULES = ("app/main.py", "app/orders.py", "app/users.py")

# Starts flake8 with the start method given first, and tells which process analysed how often.
DRIVER = """\
import multiprocessing, os, sys
import flake8_bgtasks.engine

check = flake8_bgtasks.engine.check

def counting(*arguments, **options):
    with open(os.environ["ANALYSES"], "a") as log:
        log.write(f"{multiprocessing.current_process().name}\\n")
    return check(*arguments, **options)

flake8_bgtasks.engine.check = counting

if __name__ == "__main__":
    from flake8.main.cli import main
    multiprocessing.set_start_method(sys.argv[1])
    code = main(sys.argv[2:])
    if "libcst" in sys.modules:
        print("libcst was imported")
    sys.exit(code)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in MODULES:
        write(root, name, MISTAKE)
    write(root, "app/__init__.py", "")
    write(root, "app/clean.py", "import json\n\nprint(json)\n")
    write(root, "pyproject.toml", "[project]\nname = 'shop'\n")
    return root


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def flake8(cwd: Path, *arguments: str, stdin: str | None = None) -> list[str]:
    """Run flake8; return its findings without our messages, paths with `/`."""
    command = [sys.executable, "-m", "flake8", "--select=BGT,E9,F", *arguments]
    return run(command, cwd, stdin=stdin)


def run(
    command: list[str],
    cwd: Path,
    stdin: str | None = None,
    environment: dict[str, str] | None = None,
) -> list[str]:
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    lines = done.stdout.replace("\\", "/").splitlines()
    return [line.partition(" BackgroundTasks")[0] for line in lines]


def findings(*names: str) -> list[str]:
    return [f"{name}:{PLACE}" for name in names]


ALL = findings(*(f"./{name}" for name in MODULES))


def test_all_files_are_reported(project: Path) -> None:
    assert flake8(project, ".") == ALL
    assert flake8(project) == ALL


def test_files_choose_what_is_reported(project: Path) -> None:
    assert flake8(project, "app/users.py", "app/clean.py") == findings("app/users.py")


@pytest.mark.parametrize("arguments", [["--select=BGT"], ["--select=BGT101"], ["--select=BGT1"]])
def test_select(project: Path, arguments: list[str]) -> None:
    assert flake8(project, *arguments, ".") == ALL


@pytest.mark.parametrize(
    "arguments",
    [["--select=BGT2"], ["--extend-ignore=BGT1"], ["--select=F,E"], ["--ignore=BGT101"]],
)
def test_ignore(project: Path, arguments: list[str]) -> None:
    assert flake8(project, *arguments, ".") == []


def test_per_file_ignores(project: Path) -> None:
    ignores = "--per-file-ignores=app/users.py:BGT101 app/main.py:BGT2"
    assert flake8(project, ignores, ".") == findings("./app/main.py", "./app/orders.py")


@pytest.mark.parametrize("option", ["--exclude=users.py,main.py", "--extend-exclude=app/[mu]*"])
def test_exclude(project: Path, option: str) -> None:
    assert flake8(project, option, ".") == findings("./app/orders.py")


def test_noqa(project: Path) -> None:
    line = "    bg = BackgroundTasks()\n"
    write(project, "app/main.py", MISTAKE.replace(line, line.rstrip() + "  # noqa: BGT101\n"))
    write(project, "app/orders.py", MISTAKE.replace(line, line.rstrip() + "  # noqa\n"))
    write(project, "app/users.py", "# flake8: noqa\n" + MISTAKE)
    assert flake8(project, ".") == []
    assert [found.split(":")[0] for found in flake8(project, "--disable-noqa", ".")] == [
        f"./{name}" for name in MODULES
    ]


def test_a_noqa_for_another_code_hides_nothing(project: Path) -> None:
    write(project, "app/main.py", MISTAKE.replace("Tasks()\n", "Tasks()  # noqa: BGT102,E501\n"))
    assert flake8(project, "app/main.py") == findings("app/main.py")


def test_format(project: Path) -> None:
    assert flake8(project, "--format=%(code)s|%(row)d|%(col)d|%(path)s", "app/users.py") == [
        "BGT101|12|10|app/users.py"
    ]


@pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
def test_configuration_files(project: Path, name: str) -> None:
    config = "[flake8]\nexclude = main.py\nper-file-ignores = app/users.py:BGT\n"
    write(project, name, config + "bgtasks-fastapi-version = 0.115.6\n")
    assert flake8(project, ".") == findings("./app/orders.py")


def test_one_file_is_judged_within_the_whole_project(project: Path) -> None:
    write(project, "app/base.py", "from fastapi import BackgroundTasks as Queue\n")
    changed = MISTAKE.replace(
        "from fastapi import BackgroundTasks, FastAPI",
        "from app.base import Queue\nfrom fastapi import FastAPI",
    )
    write(project, "app/users.py", changed.replace("BackgroundTasks()", "Queue()"))
    for paths in (["app/users.py"], ["."]):
        found = [line.partition("app/")[2] for line in flake8(project, *paths) if "users" in line]
        assert found == ["users.py:13:10: BGT101"]


class TestStandardInput:
    def test_it_works_like_the_file(self, project: Path) -> None:
        arguments = ("--stdin-display-name", "app/users.py", "-")
        assert flake8(project, *arguments, stdin=MISTAKE) == findings("app/users.py")
        assert flake8(project, *arguments, stdin="x = 1\n") == []

    def test_a_new_file(self, project: Path) -> None:
        arguments = ("--stdin-display-name", "app/new.py", "-")
        assert flake8(project, *arguments, stdin=MISTAKE) == findings("app/new.py")

    def test_no_name(self, project: Path) -> None:
        assert flake8(project, "-", stdin=MISTAKE) == findings("stdin")

    def test_a_syntax_error(self, project: Path) -> None:
        (line,) = flake8(project, "-", stdin="x = (\n")
        assert " E999 " in line


class TestProcesses:
    def drive(self, project: Path, method: str, *arguments: str) -> tuple[list[str], list[str]]:
        """Return what flake8 prints, and the names of the processes that analysed."""
        log = project.parent / "analyses"
        log.unlink(missing_ok=True)
        log.touch()
        write(project.parent, "driver.py", DRIVER)
        command = [sys.executable, str(project.parent / "driver.py"), method, *arguments]
        lines = run(command, project, environment={**os.environ, "ANALYSES": str(log)})
        return lines, log.read_text(encoding="utf-8").splitlines()

    @pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
    @pytest.mark.parametrize("jobs", [1, 4])
    def test_they_all_find_the_same(self, project: Path, method: str, jobs: int) -> None:
        lines, _ = self.drive(project, method, "--select=BGT", f"-j{jobs}", ".")
        assert [line for line in lines if "libcst" not in line] == ALL

    @pytest.mark.skipif(sys.platform == "win32", reason="it can't fork")
    def test_a_forking_parent_analyses_for_all(self, project: Path) -> None:
        assert self.drive(project, "fork", "--select=BGT", "-j4", ".")[1] == ["MainProcess"]

    def test_a_spawning_parent_fills_the_cache_for_all(self, project: Path) -> None:
        settle()  # flake8 starts fast enough to meet files of which no record is trusted yet
        assert self.drive(project, "spawn", "--select=BGT", "-j2", ".")[1] == ["MainProcess"]

    def test_without_a_cache_a_spawning_parent_analyses_nothing(self, project: Path) -> None:
        _, analyses = self.drive(project, "spawn", "--select=BGT", "-j2", "--bgtasks-no-cache", ".")
        assert 1 <= len(analyses) <= 2
        assert "MainProcess" not in analyses

    def test_an_irrelevant_project_needs_no_libcst(self, project: Path) -> None:
        for name in MODULES:
            write(project, name, "import json\n\nprint(json)\n")
        lines, analyses = self.drive(project, "spawn", "--select=BGT", "-j1", ".")
        assert (lines, analyses) == ([], ["MainProcess"])
