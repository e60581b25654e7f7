"""Every fixture project does under real FastAPI what its `proof.json` says."""

from __future__ import annotations

import ast
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from tests.fixture_cases import Case, all_cases
from tests.runtime.app import Outcome, Watched, perform, serve
from tests.runtime.project import importable, load
from tests.runtime.proof import Proof, Step, read_proof
from tests.runtime.recorder import Recorder, count_of

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
    proof, recorder = proof_of(case), Recorder(case.folder)
    with importable(case.folder / proof.path), recorder.active():
        if proof.error:
            assert_refused(proof)
            return
        app = Watched(load(proof.entry))
        recorder.take()
        with serve(app, proof.server) as client:
            for step in proof.requests:
                assert_as_stated(step, perform(step, app, client, recorder))


def assert_refused(proof: Proof) -> None:
    app = None if proof.import_error else Watched(load(proof.entry))
    with pytest.raises(Exception) as refusal:  # noqa: PT011, PT012 - the proof says which
        if app is None:
            load(proof.entry)
        else:
            with serve(app, proof.server):
                pass
    assert_is(refusal.value, proof.error or "")


def assert_as_stated(step: Step, outcome: Outcome) -> None:
    assert_error_as_stated(step, outcome)
    for name in step.runs:
        assert count_of(name, outcome.started), f"{name} did not run; {outcome}"
    for name in step.lost:
        assert not count_of(name, outcome.started), f"{name} ran; {outcome}"
    assert {n: count_of(n, outcome.started) for n in step.times} == dict(step.times)
    assert (step.body or "") in "".join(outcome.texts)
    assert step.method != "WEBSOCKET" or outcome.texts == tuple(step.expect)
    assert any((step.warns or "") in text for text in (*outcome.warnings, ""))


def assert_error_as_stated(step: Step, outcome: Outcome) -> None:
    if step.raises:
        assert outcome.error, f"nothing was raised; {outcome}"
        assert_is(outcome.error, step.raises)
    elif outcome.error and not step.fails:
        raise outcome.error
    if outcome.status is not None and (step.status or not step.raises):
        assert outcome.status == (step.status or 200), outcome


def assert_is(error: BaseException, stated: str) -> None:
    """Check an exception against `"Class: part of the message"`."""
    name, _, message = stated.partition(": ")
    assert name in {cls.__name__ for cls in type(error).__mro__}, repr(error)
    assert message in str(error)


def defined_in(case: Case) -> set[str]:
    return {name for file in case.files for name in _definitions(case.folder / file)}


def _definitions(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_bytes()))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {n.name for n in nodes if isinstance(n, functions)} | {"<lambda>"}
