"""What a loop binds anew is made of itself: whoever follows it has to come to an end."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


def clean(name: str) -> None:
    print(name)


"""
TEST = """\
from starlette.background import BackgroundTask


def answer(rest: str) -> JSONResponse:
    while len(rest) > 1:
        rest = rest[1:]
    if rest:
        return JSONResponse({}, background=BackgroundTask(clean, rest))
    return JSONResponse({})


@app.get("/x")
def x(tasks: BackgroundTasks) -> JSONResponse:
    tasks.add_task(clean, "x")
    return answer("ab")
"""
ANNOTATION = """\
def build(shape, names):
    for name in names:
        shape = shape | name

        @app.get("/" + name)
        def x(tasks: BackgroundTasks, kind: shape) -> shape:
            tasks.add_task(clean, "x")
"""
TASKS = """\
@app.get("/x")
def x(tasks: BackgroundTasks, n: int) -> JSONResponse:
    tasks.add_task(clean, "x")
    more = []
    while n:
        more = [*more, n]
        n = n - 1
    return JSONResponse({}, background=BackgroundTasks(more))
"""


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param(TEST, {"BGT301"}, id="a test"),
        pytest.param(ANNOTATION, set(), id="an annotation"),
        pytest.param(TASKS, {"BGT401"}, id="a list of tasks"),
    ],
)
def test_a_loop_is_followed_once(tmp_path: Path, source: str, found: set[str]) -> None:
    (tmp_path / "main.py").write_text(HEAD + source, encoding="utf-8")
    command = [sys.executable, "-m", "flake8_bgtasks", "--no-cache", "--isolated", "."]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert {line.split()[1] for line in done.stdout.splitlines()} == found, done
