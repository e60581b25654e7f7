"""Why tasks and awaited instances are left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixes.planning import answers, refusal

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
import asyncio

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

app = FastAPI()


async def send(to: str) -> None: ...


def clean(path: str) -> None: ...


"""


@pytest.mark.parametrize(
    ("code", "route", "reason"),
    [
        pytest.param(
            "BGT105",
            "async def x(tasks: BackgroundTasks) -> None:\n"
            "    tasks.add_task(clean, 'x')\n"
            "    return await asyncio.gather(tasks(), send('x'))\n",
            "something is done with what the tasks return",
            id="gathered and returned",
        ),
        pytest.param(
            "BGT301",
            "async def x() -> None:\n    BackgroundTask(clean, 'x')()\n",
            "the task is not made in the 'background=' of a response that is returned",
            id="called in place",
        ),
        pytest.param(
            "BGT301",
            "def x() -> JSONResponse:\n    response = JSONResponse({})\n"
            "    response.background = BackgroundTask(clean, 'x')\n"
            "    print(response.background)\n    return response\n",
            "the background of the response is used more than once",
            id="set on the response and read",
        ),
        pytest.param(
            "BGT501",
            "def x(tasks: BackgroundTasks) -> None:\n    tasks.add_task(clean('x'), 'y')\n",
            "it is not known what the other arguments are for",
            id="other arguments",
        ),
        pytest.param(
            "BGT505",
            "def x(tasks: BackgroundTasks) -> None:\n    tasks.add_task(tell, 'x')\n\n\n"
            "def tell(to: str) -> Awaitable[None]:\n    return send(to)\n",
            "tell() in main.py:21 is declared to return what its caller awaits",
            id="hidden in a function that says so",
        ),
        pytest.param(
            "BGT505",
            "def x(tasks: BackgroundTasks) -> None:\n    tasks.add_task(tell, 'x')\n\n\n"
            "def tell(to: str):\n    return send(to)\n\n\nwaiting = [tell(to) for to in 'ab']\n",
            "main.py:25 calls tell(), and can't await it",
            id="called when the module is imported, too",
        ),
    ],
)
def test_reason(tmp_path: Path, code: str, route: str, reason: str) -> None:
    assert refusal(tmp_path, {"main.py": f"{APP}@app.post('/x')\n{route}"}, code) == reason


@pytest.mark.parametrize(
    ("body", "applicability"),
    [
        ("tasks.add_task(lambda: send(to))", "safe"),
        ("tasks.add_task(lambda: send('ops'))", "safe"),
        ("tasks.add_task(lambda: send(to.lower()))", "unsafe"),
        ("to = to.lower()\n    tasks.add_task(lambda: send(to))", "unsafe"),
        ("for each in to:\n        tasks.add_task(lambda: send(each))", "unsafe"),
    ],
)
def test_lambda_is_replaced_safely_only_where_it_reads_the_same(
    tmp_path: Path, body: str, applicability: str
) -> None:
    route = f"@app.post('/x')\ndef x(to: str, tasks: BackgroundTasks) -> None:\n    {body}\n"
    (answer,) = answers(tmp_path, {"main.py": APP + route}, "BGT505")
    assert getattr(answer, "applicability", answer) == applicability
