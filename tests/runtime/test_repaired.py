"""Every repaired project answers as before under real FastAPI, and runs what was lost."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from tests.fixture_cases import Case, all_cases
from tests.runtime.proof import read_proof
from tests.runtime.proving import prove

REPAIRED = [
    case
    for case in all_cases()
    if (case.folder / "after").is_dir() and case.fastapi_version in (None, version("fastapi"))
]


@pytest.mark.parametrize("case", REPAIRED, ids=str)
def test_repaired_project_does_the_same_and_runs_its_tasks(case: Case) -> None:
    proof = read_proof(case.folder / "proof.json")
    before = prove(case.folder, proof)
    after = prove(case.folder / "after", proof.repaired)
    if proof.after:
        return
    for step, old, new in zip(proof.requests, before, after, strict=False):
        if not step.fails and not step.raises:
            assert (new.status, new.texts) == (old.status, old.texts), f"{step.method} {step.path}"
