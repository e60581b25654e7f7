"""Damaged projects: findings or BGT900 come out of them, never an error of the tool's own."""

from __future__ import annotations

import ast
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from scripts.realcode import trees
from scripts.reliability.damaging import damaged
from scripts.reliability.sections import Measured, Section, table
from tests.fixes.cases import repaired
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scripts.reliability.sections import Amounts


@dataclass(frozen=True)
class Victim:
    """A project in a folder: `files` are what it consists of, whether they stand there or not."""

    name: str
    folder: Path
    files: Mapping[str, bytes]
    fastapi_version: str | None = None


@dataclass
class Endured:
    """What became of damaged projects; times in seconds."""

    projects: int = 0
    unreadable: int = 0
    repaired: int = 0
    errors: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, victim: Victim, random: Random, name: str) -> None:
        """Damage one file of a project, check it, and repair what can be parsed."""
        files = dict(victim.files)
        file = random.choice(sorted(files))
        files[file] = damaged(files[file], random)
        settings = Settings(fastapi_version=victim.fastapi_version)
        started = time.perf_counter()
        report = check(victim.folder, sorted(files), sorted(files), settings, overlays=files)
        self.slowest = max(self.slowest, time.perf_counter() - started)
        self.projects += 1
        errors = [f.message for f in report.findings if f.code == "BGT901"]
        self.errors += [f"{name}: {victim.name}/{file}: {error}" for error in errors]
        if any(finding.code == "BGT900" for finding in report.findings):
            self.unreadable += 1
        elif report.findings:
            self._repair(victim, files, f"{name}: {victim.name}/{file}")

    def _repair(self, victim: Victim, files: Mapping[str, bytes], name: str) -> None:
        try:
            left, result = repaired(victim.folder, files, victim.fastapi_version)
            for content in left.values():
                ast.parse(content)
        except Exception as error:
            self.errors.append(f"{name}: repairing: {error!r}")
        else:
            self.repaired += bool(result.fixed)


def endure(victims: Sequence[Victim], projects: int, seed: int) -> Endured:
    """Damage so many projects, each chosen anew."""
    random, found = Random(seed), Endured()
    for number in range(projects):
        found.add(random.choice(victims), random, f"seed {seed}, project {number}")
    return found


def fixtures() -> list[Victim]:
    """Return the fixture projects."""
    return [
        Victim(
            str(case),
            case.folder,
            {file: (case.folder / file).read_bytes() for file in case.files},
            case.fastapi_version,
        )
        for case in all_cases()
    ]


def real_modules(folder: Path) -> list[Victim]:
    """Return the modules of other people's that name background tasks, each as a project.

    `folder` is an empty one, which they are taken to stand in.
    """
    return [
        Victim(path.relative_to(trees.FOLDER).as_posix(), folder, {"main.py": path.read_bytes()})
        for path in sorted(trees.FOLDER.rglob("*.py"))
        if path.is_file() and b"BackgroundTask" in path.read_bytes()
    ]


def _measure(amounts: Amounts) -> Measured:
    projects = amounts.projects or 20_000
    with TemporaryDirectory() as empty:
        kinds = {"fixture projects": fixtures(), "real modules": real_modules(Path(empty))}
        endured = {kind: endure(victims, projects, 1) for kind, victims in kinds.items() if victims}
    rows = [
        (
            kind,
            len(kinds[kind]),
            e.projects,
            e.unreadable,
            e.repaired,
            len(e.errors),
            f"{e.slowest:.1f} s",
        )
        for kind, e in endured.items()
    ]
    failures = [error for one in endured.values() for error in one.errors]
    return Measured(f"{_INTRODUCTION}\n{table(_HEAD, rows)}", failures)


_HEAD = (
    "of",
    "there are",
    "damaged",
    "can't be parsed (BGT900)",
    "repaired",
    "errors of the tool",
    "slowest check",
)
_INTRODUCTION = """\
Projects of which one file is damaged: bytes put in, cut out or repeated, lines dropped or swapped.
The fixtures, and the modules of `python -m scripts.real_code download` that name background tasks,
each alone. Where it can still be parsed, and something is found, `--fix --unsafe-fixes` repairs it:
what comes out has to be Python.
"""
SECTION = Section("damaged", "Damaged projects", _measure)
