"""What is released: the same bytes wherever it is built, and nothing missing in them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import flake8_bgtasks
from tests.test_ci_templates import check_schema

ROOT = Path(__file__).parent.parent
NEEDED = ("README.md", "LICENSE", "pyproject.toml", "flake8_bgtasks")
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"


def built(folder: Path, *, moment: int) -> dict[str, Path]:
    """Copy the sources, touch them all at a moment, and build; return the files by their ends."""
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))
    run("build", "--no-isolation", "--outdir", "dist", cwd=folder)
    return {path.suffix: path for path in (folder / "dist").iterdir()}


def run(*command: str, cwd: Path, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return built(tmp_path_factory.mktemp("first"), moment=1_600_000_000)


def test_builds_are_the_same_bytes(files: dict[str, Path], tmp_path: Path) -> None:
    again = built(tmp_path / "elsewhere", moment=1_650_000_000)
    assert {suffix: digest(path) for suffix, path in files.items()} == {
        suffix: digest(path) for suffix, path in again.items()
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_twine_finds_nothing_wrong(files: dict[str, Path]) -> None:
    out = run("twine", "check", "--strict", *map(str, files.values()), cwd=ROOT)
    assert out.count("PASSED") == 2


def test_all_files_of_the_package_are_in_the_wheel(files: dict[str, Path]) -> None:
    package = ROOT / "flake8_bgtasks"
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = set(zipfile.ZipFile(files[".whl"]).namelist())
    assert {name for name in names if ".dist-info/" not in name} == wanted
    with tarfile.open(files[".gz"]) as archive:
        assert wanted <= {name.partition("/")[2] for name in archive.getnames()}


def test_the_installed_wheel_checks_reports_and_explains(
    files: dict[str, Path], tmp_path: Path
) -> None:
    """Its dependencies come from this environment, so that nothing is downloaded."""
    target = tmp_path / "installed"
    options = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    run("pip", "install", *options, "--target", str(target), str(files[".whl"]), cwd=tmp_path)
    where = {"PYTHONPATH": str(target)}
    version = run("flake8_bgtasks", "--version", cwd=tmp_path, **where)
    assert version == f"flake8-bgtasks {flake8_bgtasks.__version__}\n"
    shop = str(ROOT / "examples" / "shop")
    argv = ("--isolated", "--exit-zero", "--project-root", str(ROOT / "examples"), shop)
    assert "Lost background tasks" in run(
        "flake8_bgtasks", "--format=html", *argv, cwd=tmp_path, **where
    )
    code = "import flake8_bgtasks; print(flake8_bgtasks.__file__)"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, **where},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(shown.stdout.strip()).is_relative_to(target)


def test_the_command_has_the_name_of_the_project() -> None:
    """`pipx run` and `uvx` start the command that is called like the package."""
    from importlib.metadata import distribution

    project = distribution("flake8-bgtasks")
    assert project.entry_points.select(group="console_scripts", name=project.name)
    assert project.version == flake8_bgtasks.__version__


def test_the_release_workflow_is_valid_and_holds_no_secret() -> None:
    check_schema("github-workflows", WORKFLOW)
    text = WORKFLOW.read_text()
    assert "secrets." not in text
    jobs: dict[str, Any] = yaml.safe_load(text)["jobs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["needs"] == "build"
    assert all("${{" not in step.get("run", "") for job in jobs.values() for step in job["steps"])
