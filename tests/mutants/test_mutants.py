"""Mistakes put into code that is right are found, and repaired to what it was, or does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixture_cases import FIXTURES
from tests.mutants.judging import Tally, fixture_projects, sample
from tests.mutants.known import NOT_REPAIRED, NOT_REPORTED
from tests.mutants.operators import ANSWERING, NOT_RESTORED
from tests.runtime.proof import read_proof
from tests.runtime.proving import prove

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fixes.cases import Sources
    from tests.mutants.judging import Mutant

EVERY = 200


def test_mutants(tmp_path: Path) -> None:
    tally = Tally()
    for mutant in sample(fixture_projects(), EVERY):
        tally.add(mutant)
    made = tally.made.total()
    assert made > 40
    assert len(tally.made) >= 25, "an operator changes nothing any more"
    assert {*tally.remarks["missed"], *tally.remarks["named otherwise"]} <= NOT_REPORTED.keys()
    refused = {remark.partition(": ")[0] for remark in tally.remarks["refused"]}
    assert refused <= NOT_REPAIRED.keys()
    restored = [name for name in tally.repaired if name not in NOT_RESTORED]
    same, repaired = (
        sum(count[name] for name in restored) for count in (tally.same, tally.repaired)
    )
    assert same >= 0.95 * repaired, tally.remarks["different"]
    for number, (mutant, files) in enumerate(tally.different):
        if mutant.operator not in ANSWERING:
            check_does_the_same(mutant, files, tmp_path / str(number))


def check_does_the_same(mutant: Mutant, files: Sources, folder: Path) -> None:
    """Run a repaired mutant under FastAPI, as the project that it was made of."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    rule, case = mutant.project.name.split("/")
    proof = read_proof(FIXTURES / rule / case / "proof.json")
    prove(folder, proof.repaired if case.startswith("bad_") else proof)
