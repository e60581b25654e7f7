"""Tasks of responses that push out injected ones: moved only where that surely does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.edits import Plan, Refusal
from tests.fixes.planning import answers

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

app = FastAPI()


class Audited(BackgroundTasks): ...


def send(to: str) -> None: ...


def clean() -> None: ...


@app.post("/x")
def x(to: str, tasks: BackgroundTasks) -> JSONResponse:
    tasks.add_task(send, to)
"""
RETURNED_OTHERWISE = "another response may be returned"


def answer(root: Path, body: str) -> Plan | Refusal | None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (only,) = answers(root, {"main.py": APP + lines}, "BGT401")
    return only


@pytest.mark.parametrize(
    "body",
    [
        "return JSONResponse({}, background=BackgroundTask(clean))",
        "own = BackgroundTask(clean)\nreturn JSONResponse({}, background=own)",
        "own = BackgroundTasks()\nown.add_task(clean)\nreturn JSONResponse({}, background=own)",
        "answer = JSONResponse({})\nanswer.background = BackgroundTask(clean)\nreturn answer",
        "own = BackgroundTasks()\nown.add_task(clean)\nanswer = JSONResponse({})\n"
        "answer.background = own\nreturn answer",
        "answer = JSONResponse({}, background=BackgroundTask(clean))\nreturn answer",
        "return JSONResponse({}, background=BackgroundTasks())",
    ],
)
def test_moved(tmp_path: Path, body: str) -> None:
    plan = answer(tmp_path, body)
    assert isinstance(plan, Plan)
    assert plan.applicability == "unsafe"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(
            "own = BackgroundTasks()\nown.add_task(clean)\nif to:\n    return JSONResponse({})\n"
            "return JSONResponse({}, background=own)",
            RETURNED_OTHERWISE,
            id="not on all ways",
        ),
        pytest.param(
            "answer = JSONResponse({}, background=BackgroundTask(clean))\nif to:\n"
            "    return JSONResponse(None)\nreturn answer",
            RETURNED_OTHERWISE,
            id="made before it is known what is returned",
        ),
        pytest.param(
            "own = BackgroundTask(clean)\nprint(own)\nreturn JSONResponse({}, background=own)",
            "'own' is used for more than the response",
            id="used otherwise",
        ),
        pytest.param(
            "own = Audited()\nreturn JSONResponse({}, background=own)",
            "the response's own instance is one of its own kind, or not empty",
            id="a class of its own",
        ),
        pytest.param(
            "answer = JSONResponse({}, background=BackgroundTask(clean))\n"
            "if to:\n    answer.background = BackgroundTask(send, to)\nreturn answer",
            "the task is not made in the 'background=' of a response that is returned",
            id="given twice",
        ),
        pytest.param(
            "return JSONResponse(\n    {}, background=BackgroundTask(\n        send,  # again\n"
            "        to,\n    )\n)",
            "the comments between the task's arguments would be lost",
            id="a comment in the task",
        ),
        pytest.param(
            "own = BackgroundTasks()\nown.add_task(clean)\nreturn JSONResponse(\n    {},\n"
            "    # to leave no file behind\n    background=own,\n)",
            "the comment on the background would be lost",
            id="a comment on a variable",
        ),
        pytest.param(
            "print(to); return JSONResponse(\n    {}, background=BackgroundTask(clean),  # tidy\n)",
            "the comment on the task would be lost",
            id="a comment beside the task",
        ),
        pytest.param(
            "own = BackgroundTasks()\nown.add_task(clean)\nanswer = JSONResponse({})\n"
            "if to:\n    answer.background = own\nreturn answer",
            "the response may be returned without these tasks",
            id="given under a condition",
        ),
    ],
)
def test_not_moved(tmp_path: Path, body: str, reason: str) -> None:
    assert answer(tmp_path, body) == Refusal(reason)
