"""The hook that other projects use, run by the real pre-commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parent.parent

# `language: system` spares the test the download that `language: python` would start with.
CONFIG = """
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: {hook}
        language: system
"""
HELPER = """
from fastapi import BackgroundTasks


def notify(email: str, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(print, email)
"""
ROUTE = """
from fastapi import BackgroundTasks, FastAPI

from helper import notify

app = FastAPI()


@app.post("/users")
def create_user(email: str, background_tasks: BackgroundTasks) -> None:
    notify(email, {argument})
"""


class Repository:
    """A git repository in `folder`, used with the environment `env`."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        folder.mkdir()
        self.run("git", "init", "-q")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=True
        )

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(dedent(text), encoding="utf-8")
        self.run("git", "add", name)

    def commit(self) -> str:
        self.run("git", "commit", "-q", "-m", "work")
        return self.run("git", "rev-parse", "HEAD").stdout.strip()

    def hook(self) -> subprocess.CompletedProcess[str]:
        """Run the hooks on what is staged."""
        command = [sys.executable, "-m", "pre_commit", "run", "--color=never"]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """A project with a helper committed and the hook configured."""
    return project_with("flake8-bgtasks", tmp_path)


def project_with(hook: str, tmp_path: Path) -> Repository:
    env = environment(tmp_path)
    hooks = Repository(tmp_path / "hooks", env)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks.folder)
    hooks.run("git", "add", ".pre-commit-hooks.yaml")
    config = CONFIG.format(hooks=hooks.folder.as_posix(), revision=hooks.commit(), hook=hook)
    project = Repository(tmp_path / "project", env)
    project.write(".pre-commit-config.yaml", config)
    project.write("helper.py", HELPER)
    project.commit()
    return project


def environment(tmp_path: Path) -> dict[str, str]:
    """Give this process's environment without git's state, with a clean home for both tools."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "ada@shop.example"))
    }
    scripts = str(Path(sys.executable).parent)
    return (
        inherited
        | identity
        | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH": os.pathsep.join([scripts, inherited["PATH"]]),
            "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
            "XDG_STATE_HOME": str(tmp_path / "state"),
        }
    )


def test_manifest_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_hook_fails_on_a_mistake_that_only_the_whole_project_shows(project: Repository) -> None:
    project.write("main.py", ROUTE.format(argument="BackgroundTasks()"))
    run = project.hook()
    assert run.returncode == 1
    assert "main.py:11:5: BGT202 " in run.stdout


def test_hook_passes_on_correct_code(project: Repository) -> None:
    project.write("main.py", ROUTE.format(argument="background_tasks"))
    run = project.hook()
    assert run.returncode == 0, run.stdout
    assert "Passed" in run.stdout


def test_hook_reports_only_the_files_of_the_commit(project: Repository) -> None:
    project.write("main.py", ROUTE.format(argument="BackgroundTasks()"))
    project.commit()
    project.write("other.py", "from helper import notify\n")
    assert project.hook().returncode == 0


def test_fixing_hook_fails_once(tmp_path: Path) -> None:
    project = project_with("flake8-bgtasks-fix", tmp_path)
    project.write("main.py", ROUTE.format(argument="BackgroundTasks()"))
    run = project.hook()
    assert run.returncode == 1
    assert "files were modified by this hook" in run.stdout
    assert "Fixed 1 finding in 1 file" in run.stdout
    repaired = dedent(ROUTE.format(argument="background_tasks"))
    assert (project.folder / "main.py").read_text(encoding="utf-8") == repaired
    project.run("git", "add", "main.py")
    assert project.hook().returncode == 0
