"""Virtual environments with the oldest and the newest of what the tool depends on."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / ".environments"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Install:
    """A Python; flake8 and the libraries in the oldest releases that are allowed, or the newest."""

    python: str
    oldest_flake8: bool
    oldest_libraries: bool

    def __str__(self) -> str:
        return f"{self.python}-{self._age(self.oldest_flake8)}-{self._age(self.oldest_libraries)}"

    @property
    def folder(self) -> Path:
        """The virtual environment."""
        return FOLDER / str(self)

    @property
    def programs(self) -> Path:
        """The folder of its commands."""
        return self.folder / "bin"

    def requirements(self) -> Iterator[str]:
        """Yield what is installed beside the tool."""
        for required in _dependencies():
            if required.marker and not required.marker.evaluate({"python_version": self.python}):
                continue
            oldest = self.oldest_flake8 if required.name == "flake8" else self.oldest_libraries
            [bound] = required.specifier
            yield f"{required.name}=={bound.version}" if oldest else required.name

    def make(self, wheel: Path) -> None:
        """Make the environment where it isn't there, and install the tool as a user would.

        Raises CalledProcessError.
        """
        complete = self.folder / "complete"
        if not complete.exists():
            python = interpreter(self.python)
            subprocess.run([str(python), "-m", "venv", "--clear", str(self.folder)], check=True)
            self._pip(str(wheel), *self.requirements())
            complete.touch()
        self._pip("--force-reinstall", "--no-deps", str(wheel))

    def _pip(self, *arguments: str) -> None:
        command = [str(self.programs / "python"), "-m", "pip", "install", "-q"]
        subprocess.run([*command, "--disable-pip-version-check", *arguments], check=True)

    def versions(self) -> tuple[str, str]:
        """Return the releases of flake8 and LibCST."""
        code = "from importlib.metadata import version as v; print(v('flake8'), v('libcst'))"
        command = [str(self.programs / "python"), "-c", code]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        flake8, libcst = done.stdout.split()
        return flake8, libcst

    @staticmethod
    def _age(is_oldest: bool) -> str:
        return "oldest" if is_oldest else "newest"


def all_installs(pythons: Sequence[str]) -> list[Install]:
    """Return those of the Pythons that are here."""
    ages = [(False, False), (False, True), (True, False), (True, True)]
    return [Install(python, *age) for python in pythons if interpreter(python) for age in ages]


@cache
def interpreter(version: str) -> Path | None:
    """Find a Python, in pyenv or on the path."""
    in_pyenv = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for candidate in (*in_pyenv, Path(f"python{version}")):
        try:
            subprocess.run([str(candidate), "-c", ""], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    return None


def build_wheel(folder: Path) -> Path:
    """Build the tool. Raises CalledProcessError."""
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(pip, check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def _dependencies() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"]]
