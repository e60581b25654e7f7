"""Mistakes put into code that is right are found, and repaired to what it was, or does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixture_cases import FIXTURES
from tests.mutants.judging import Tally, fixture_projects, sample
from tests.runtime.proof import read_proof
from tests.runtime.proving import prove

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fixes.cases import Sources
    from tests.mutants.judging import Mutant

EVERY = 90
NOT_REPORTED = {
    "BGT202/bad_guarded_helper/main.py:15 none": "the helper does without",
    "BGT406/clean_own_response_class/main.py:19 own_instance": "the response carries it",
    "BGT407/clean_joined_threads/main.py:41 fresh": "executor.submit() is not looked into",
}


def test_mutants(tmp_path: Path) -> None:
    tally = Tally()
    for mutant in sample(fixture_projects(), EVERY):
        tally.add(mutant)
    made = tally.made.total()
    assert made > 40
    assert len(tally.made) >= 12, "an operator changes nothing any more"
    assert set(tally.remarks["missed"]) <= NOT_REPORTED.keys()
    assert tally.remarks["refused"] == []
    assert tally.same.total() >= 0.95 * tally.repaired.total(), tally.remarks["different"]
    for number, (mutant, files) in enumerate(tally.different):
        check_does_the_same(mutant, files, tmp_path / str(number))


def check_does_the_same(mutant: Mutant, files: Sources, folder: Path) -> None:
    """Run a repaired mutant under FastAPI, as the project that it was made of."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    rule, case = mutant.project.name.split("/")
    proof = read_proof(FIXTURES / rule / case / "proof.json")
    prove(folder, proof.repaired if case.startswith("bad_") else proof)
