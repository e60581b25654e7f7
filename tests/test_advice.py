"""What the message of BGT101 advises: nothing that is impossible where the instance is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from tests.fakes import write_tree

if TYPE_CHECKING:
    from pathlib import Path

START = """\
from contextlib import asynccontextmanager
from fastapi import BackgroundTasks, FastAPI

def note():
    tasks = BackgroundTasks()
    tasks.add_task(print)

"""
LIFESPAN = """\
@asynccontextmanager
async def lifespan(app):
    note()
    yield

app = FastAPI(lifespan=lifespan)
"""
APP = "app = FastAPI()\n"
STARTUP = "@app.on_event('startup')\ndef start():\n    note()\n"
SOCKET = "@app.websocket('/chat')\nasync def chat(socket):\n    note()\n"
ROUTE = "@app.get('/')\ndef route():\n    note()\n"
HANDLER = "@app.exception_handler(404)\ndef missing(request, exc):\n    note()\n"
MIDDLEWARE = "@app.middleware('http')\nasync def count(request, call_next):\n    note()\n"
OLD = "@app.route('/old')\ndef old(request):\n    note()\n"

INJECT = "take an injected 'background_tasks: BackgroundTasks' parameter instead"
RUN = "call the functions directly, or run the tasks with 'await tasks()'"
ATTACH = "attach it to the response, or run the tasks with 'await tasks()'"


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        (APP, INJECT),
        (APP + ROUTE, INJECT),
        (LIFESPAN, RUN),
        (LIFESPAN + ROUTE, INJECT),
        (APP + STARTUP, RUN),
        (APP + SOCKET, RUN),
        (APP + SOCKET + ROUTE, INJECT),
        (APP + HANDLER, ATTACH),
        (APP + MIDDLEWARE, ATTACH),
        (APP + OLD, ATTACH),
    ],
)
def test_it_can_be_done_there(tmp_path: Path, source: str, advice: str) -> None:
    write_tree(tmp_path, {"main.py": START + source})
    (finding,) = check(tmp_path, ["main.py"], ["main.py"], Settings()).findings
    assert finding.code == "BGT101"
    assert f"never run; {advice}" in finding.message
