"""Every fixture project does under real FastAPI what its `proof.json` says."""

from __future__ import annotations

import ast
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from tests.fixture_cases import Case, all_cases
from tests.runtime.proof import Proof, read_proof
from tests.runtime.proving import prove

if TYPE_CHECKING:
    from pathlib import Path

CASES = all_cases()
RUNNABLE = [case for case in CASES if case.fastapi_version in (None, version("fastapi"))]
every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_runnable_case = pytest.mark.parametrize("case", RUNNABLE, ids=str)


def proof_of(case: Case) -> Proof:
    file = case.folder / "proof.json"
    assert file.is_file(), "the case has no proof.json"
    return read_proof(file)


@every_case
def test_case_is_what_its_name_says(case: Case) -> None:
    proof = proof_of(case)
    assert case.folder.name.startswith(("bad_", "clean_"))
    if case.is_bad:
        assert case.rule in {mark.code for mark in case.marks}, "no finding is marked"
        assert proof.shows_failure, "no step shows a loss or an error"
    else:
        assert not case.marks, "findings are marked in a clean case"
        assert proof.shows_success, "no step shows that anything works"


@every_case
def test_proof_names_functions_of_the_case(case: Case) -> None:
    named = {name for step in proof_of(case).requests for name in step.functions}
    assert {name.rpartition(".")[2] for name in named} <= defined_in(case)


@every_runnable_case
def test_fastapi_does_what_the_proof_says(case: Case) -> None:
    prove(case.folder, proof_of(case))


def defined_in(case: Case) -> set[str]:
    return {name for file in case.files for name in _definitions(case.folder / file)}


def _definitions(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_bytes()))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {n.name for n in nodes if isinstance(n, functions)} | {"<lambda>"}
