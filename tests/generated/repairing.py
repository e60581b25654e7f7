"""Generated projects repaired: under FastAPI, what was lost runs, and the rest is as before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.fixes.cases import repaired, sources
from tests.generated.project import generate
from tests.runtime.proof import read_proof
from tests.runtime.proving import prove

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from flake8_bgtasks.findings import Finding
    from tests.generated.part import Part
    from tests.runtime.proof import Step

    Mistake = tuple[str, int]


@dataclass
class Repairs:
    """Counts over projects."""

    projects: int = 0
    fixed: int = 0
    refused: int = 0

    def include(self, other: Repairs) -> None:
        self.projects += other.projects
        self.fixed += other.fixed
        self.refused += other.refused

    def add(self, seed: int, folder: Path) -> None:
        """Repair the project of a seed, run it under FastAPI, and repair it again.

        Raises AssertionError where it does not do what it should, or the second run has an effect.
        """
        parts = generate(seed, folder)
        proof = read_proof(folder / "proof.json")
        files, result = repaired(folder, sources(folder), unsafe=False)
        for name, source in files.items():
            (folder / name).write_bytes(source)
        left = {mistake for f in result.examined.report.findings for mistake in _owned(f, files)}
        owners = [(number, part) for number, part in enumerate(parts) for _ in part.steps]
        pairs = zip(owners, proof.requests, strict=True)
        steps = tuple(_expected(number, part, step, left) for (number, part), step in pairs)
        prove(folder, replace(proof, requests=steps))
        again, second = repaired(folder, files, unsafe=False)
        assert again == files, f"seed {seed}: the second run changes something"
        assert second.fixed == 0
        self.projects += 1
        self.fixed += result.fixed
        self.refused += len(result.refused)


def _owned(finding: Finding, files: Mapping[str, bytes]) -> Iterator[Mistake]:
    """Tell which part a finding belongs to: names end with the number of theirs, most have some."""
    line = files[finding.path].splitlines()[finding.span.line - 1]
    for number in re.findall(rb"_(\d+)(?!\w)", line) or (-1,):
        yield finding.code, int(number)


def _expected(number: int, part: Part, step: Step, left: set[Mistake]) -> Step:
    """Return what a request does now: as before, unless its mistake is gone."""
    is_left = part.code is None or not left.isdisjoint({(part.code, number), (part.code, -1)})
    return step if is_left else step.repaired
