"""The demo in odd surroundings."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING

from scripts.reliability.environments.faces import Answer, Faces, write_demo
from scripts.reliability.environments.surroundings import bound_by_modes, disturbed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scripts.reliability.environments.surroundings import Surroundings


class Visitor:
    """Runs the tool of an environment on the demo; compares with what it says at home."""

    def __init__(self, programs: Path, folder: Path) -> None:
        """`folder` is for temporary files."""
        self._programs = programs
        self._folder = folder
        home = self._place("home")
        write_demo(home)
        faces = self._faces({})
        self._expected = faces.command_line(home)
        self._repaired = faces.command_line(home, "--fix")

    def visit(self, surroundings: Surroundings) -> list[str]:
        """Return what is not as it should be."""
        place = self._place("place")
        write_demo(place / surroundings.below)
        with disturbed(surroundings, place / surroundings.below):
            return [
                f"{surroundings.name}: {said}" for said in self._complaints(surroundings, place)
            ]

    def _complaints(self, surroundings: Surroundings, place: Path) -> Iterator[str]:
        faces = self._faces(surroundings.environment)
        findings = self._expected.findings + Counter(surroundings.more)
        checks = {"cold": faces.command_line, "warm": faces.command_line}
        checks |= {"flake8": faces.flake8} if surroundings.flake8 else {}
        for name, check in checks.items():
            due = self._expected.findings if name == "flake8" else findings
            yield from _wrong(name, check(place), due)
        left = self._repaired.findings if surroundings.repairs else self._expected.findings
        repair = faces.command_line(place, "--fix")
        if surroundings.repairs or repair.code != 2:
            yield from _wrong("--fix", repair, left + Counter(surroundings.more))

    def _place(self, name: str) -> Path:
        place = self._folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        (place / "tox.ini").touch()
        return place

    def _faces(self, changes: Mapping[str, str | None]) -> Faces:
        own = {f"XDG_{kind}_HOME": str(self._folder / kind) for kind in ("CACHE", "STATE")}
        environment = {**os.environ, **own, **changes}
        kept = {name: value for name, value in environment.items() if value is not None}
        return Faces(self._programs, bound_by_modes(), kept)


def _wrong(name: str, answer: Answer, due: Counter[str]) -> Iterator[str]:
    """Say what is wrong with an answer, if anything is."""
    if (answer.code, answer.findings) == (1, due) and "Traceback" not in answer.complaint:
        return
    missing, more = list(due - answer.findings), list(answer.findings - due)
    last = answer.complaint.splitlines()[-1:]
    yield f"{name}: exit {answer.code}, missing {missing}, more {more}: {' '.join(last)}"
