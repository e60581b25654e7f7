"""Generated projects compared: what FastAPI does, what the generator says, what the tool finds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fixture_cases import Case
from tests.generated.project import generate
from tests.runtime.proof import read_proof
from tests.runtime.proving import prove
from tests.test_fixtures import found

if TYPE_CHECKING:
    from collections.abc import Set
    from pathlib import Path

    from tests.fixture_cases import Mark


@dataclass
class Tally:
    """Counts over projects, by code; `wrong` says what was missed or false, and in which seed."""

    projects: int = 0
    parts: int = 0
    right: int = 0
    due: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def include(self, other: Tally) -> None:
        self.projects += other.projects
        self.parts += other.parts
        self.right += other.right
        self.due.update(other.due)
        self.missed.update(other.missed)
        self.false.update(other.false)
        self.wrong += other.wrong

    def add(self, seed: int, folder: Path) -> None:
        """Generate the project of a seed, run it under FastAPI, check it, and count."""
        parts = generate(seed, folder)
        case = Case("generated", folder)
        prove(folder, read_proof(folder / "proof.json"))
        marks, findings = case.marks, found(case)
        self.projects += 1
        self.parts += len(parts)
        self.right += sum(part.code is None for part in parts)
        self.due.update(mark.code for mark in marks)
        self._note("missed", seed, self.missed, marks - findings)
        self._note("false", seed, self.false, findings - marks)

    def _note(self, what: str, seed: int, counter: Counter[str], marks: Set[Mark]) -> None:
        counter.update(mark.code for mark in marks)
        self.wrong += [f"seed {seed}: {what}: {m.path}:{m.line} {m.code}" for m in sorted(marks)]
