"""What is no task object, given to a response: a task where it is known which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.edits import Plan, Refusal, ReplaceArgument, Symbol
from tests.fixes.planning import answers

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
from functools import partial

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()


def send(to: str) -> None: ...


def clean() -> None: ...


def remember(tasks: BackgroundTasks) -> None:
    tasks.add_task(clean)


@app.post("/x")
async def x(to: str, tasks: BackgroundTasks) -> JSONResponse:
"""


def answer(root: Path, body: str) -> Plan | Refusal | None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (only,) = answers(root, {"main.py": APP + lines}, "BGT406")
    return only


@pytest.mark.parametrize(
    "body",
    [
        "return JSONResponse({}, background=clean)",
        "return JSONResponse({}, background=lambda: send(to))",
        "return JSONResponse({}, background=partial(send, to=to))",
        "return JSONResponse({}, background=send(to))",
        "return JSONResponse({}, background=tasks.add_task(send, to))",
        "return JSONResponse({}, background=[tasks])",
        "return JSONResponse({}, bg=tasks)",
        "answer = JSONResponse({})\nanswer.background = clean\nreturn answer",
    ],
)
def test_known(tmp_path: Path, body: str) -> None:
    plan = answer(tmp_path, body)
    assert isinstance(plan, Plan)
    assert plan.applicability == "unsafe"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "return JSONResponse({}, background=send)",
            "it is not known with which arguments the function shall run",
        ),
        (
            "return JSONResponse({}, background=remember(tasks))",
            "the function adds tasks itself: call it before, and leave out 'background'",
        ),
        (
            "return JSONResponse({}, background=lambda: (clean(), send(to)))",
            "the lambda does more than call a function",
        ),
        (
            "done = send(to)\nreturn JSONResponse({}, background=done)",
            "the function is called elsewhere",
        ),
        (
            "return JSONResponse({}, background=[clean, tasks])",
            "it is not known which task is meant",
        ),
        (
            "return JSONResponse({}, bg=clean)",
            "what 'bg' is given is not known to be a task object",
        ),
        (
            "return JSONResponse({}, bg=tasks, background=None)",
            "the response may be given a background already",
        ),
        (
            "answer = JSONResponse({}, background=clean)\nif to:\n    return JSONResponse(to)\n"
            "return answer",
            "another response may be returned",
        ),
        (
            "return JSONResponse({}) if to else JSONResponse(to, background=clean)",
            "the task is not made in the 'background=' of a response that is returned",
        ),
        (
            "return JSONResponse({}) if to else JSONResponse(to, background=tasks.add_task(clean))",
            "it is not known when the task shall be added",
        ),
    ],
)
def test_not_known(tmp_path: Path, body: str, reason: str) -> None:
    assert answer(tmp_path, body) == Refusal(reason)


def test_exception_handlers_have_no_injected_tasks(tmp_path: Path) -> None:
    source = APP + (
        "    return JSONResponse(to)\n\n\n@app.exception_handler(ValueError)\n"
        "def failed(request: Request, error: ValueError) -> JSONResponse:\n"
        "    return JSONResponse(None, 400, background=clean)\n"
    )
    (plan,) = answers(tmp_path, {"main.py": source}, "BGT406")
    assert isinstance(plan, Plan)
    (edit,) = plan.edits
    assert isinstance(edit, ReplaceArgument)
    assert edit.value[0] == Symbol("starlette.background", "BackgroundTask")
