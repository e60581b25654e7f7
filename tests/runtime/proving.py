"""Run a fixture project under the FastAPI that is installed, and compare with its proof."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.runtime.app import Outcome, Watched, perform, serve
from tests.runtime.project import importable, load
from tests.runtime.recorder import Recorder, count_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runtime.proof import Proof, Step


def prove(folder: Path, proof: Proof) -> list[Outcome]:
    """Raise AssertionError, or what the project raises, where it does not what the proof says.

    Return what the steps did; nothing if the project is to be refused.
    """
    recorder, outcomes = Recorder(folder), []
    with importable(folder / proof.path), recorder.active():
        if proof.error:
            _assert_refused(proof)
            return []
        app = Watched(load(proof.entry))
        recorder.take()
        with serve(app, proof.server) as client:
            for step in proof.requests:
                outcome = perform(step, app, client, recorder)
                _assert_as_stated(step, outcome)
                outcomes.append(outcome)
    return outcomes


def _assert_refused(proof: Proof) -> None:
    try:
        if proof.import_error:
            load(proof.entry)
        else:
            with serve(Watched(load(proof.entry)), proof.server):
                pass
    except Exception as error:  # the proof says which
        _assert_is(error, proof.error or "")
        return
    raise AssertionError("the project was not refused")


def _assert_as_stated(step: Step, outcome: Outcome) -> None:
    _assert_error_as_stated(step, outcome)
    for name in step.runs:
        assert count_of(name, outcome.started), f"{name} did not run; {outcome}"
    for name in step.lost:
        assert not count_of(name, outcome.started), f"{name} ran; {outcome}"
    times = {name: count_of(name, outcome.started) for name in step.times}
    assert times == dict(step.times), f"{times} instead of {step.times}; {outcome}"
    assert (step.body or "") in "".join(outcome.texts), f"no {step.body!r}; {outcome}"
    assert step.method != "WEBSOCKET" or outcome.texts == tuple(step.expect), outcome
    if sys.version_info >= (3, 11):  # before, a coroutine that is dropped may live for longer
        assert any((step.warns or "") in text for text in (*outcome.warnings, "")), outcome


def _assert_error_as_stated(step: Step, outcome: Outcome) -> None:
    if step.raises:
        assert outcome.error, f"nothing was raised; {outcome}"
        _assert_is(outcome.error, step.raises)
    elif outcome.error and not step.fails:
        raise outcome.error
    if step.succeeds:
        assert (outcome.status or 0) < 400, outcome
    elif outcome.status is not None and (step.status or not step.raises):
        assert outcome.status == (step.status or 200), outcome


def _assert_is(error: BaseException, stated: str) -> None:
    """Check an exception against `"Class: part of the message"`."""
    name, _, message = stated.partition(": ")
    if sys.version_info < (3, 11) and message.endswith("context manager protocol"):
        name, message = "AttributeError", "enter__"
    assert name in {cls.__name__ for cls in type(error).__mro__}, repr(error)
    assert message in str(error), repr(error)
