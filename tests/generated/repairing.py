"""Generated projects repaired: under FastAPI, what was lost runs, and the rest is as before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.fixes.cases import repaired, sources
from tests.generated.project import generate
from tests.runtime.proof import read_proof
from tests.runtime.proving import prove

if TYPE_CHECKING:
    from pathlib import Path

    from tests.generated.part import Part
    from tests.runtime.proof import Step


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
        left = {finding.code for finding in result.examined.report.findings}
        owners = [part for part in parts for _ in part.steps]
        pairs = zip(owners, proof.requests, strict=True)
        steps = tuple(_expected(part, step, left) for part, step in pairs)
        prove(folder, replace(proof, requests=steps))
        again, second = repaired(folder, files, unsafe=False)
        assert again == files, f"seed {seed}: the second run changes something"
        assert second.fixed == 0
        self.projects += 1
        self.fixed += result.fixed
        self.refused += len(result.refused)


def _expected(part: Part, step: Step, left: set[str]) -> Step:
    """Return what a request does now: as before, unless its mistake is gone."""
    is_repaired = part.code is not None and part.code not in left
    return step.repaired if is_repaired else step
