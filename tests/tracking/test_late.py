"""What is added beside a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.tracking.late import LateTasks
from tests.tracking.helpers import program

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
import asyncio
import threading
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()

async def note(tasks: BackgroundTasks | None = None):
    tasks.add_task(print)
"""


def late_lines(root: Path, route: str) -> list[int]:
    """Return the lines of what is late, counted from the first line of the route."""
    linked = program(root, {"main.py": HEAD + route})
    first = HEAD.count("\n")
    return [linked.span(late.at).line - first for late in LateTasks(linked).found()]


def route(*lines: str) -> str:
    return "\n".join(("@app.get('/')", "async def read(tasks: BackgroundTasks):", *lines, ""))


@pytest.mark.parametrize(
    "line",
    [
        "    asyncio.create_task(note(tasks))",
        "    asyncio.get_running_loop().create_task(note(tasks))",
        "    threading.Timer(1, tasks.add_task, (print,)).start()",
        "    threading.Thread(target=tasks.add_task, args=(print,)).start()",
        "    asyncio.get_running_loop().call_later(1, tasks.add_task, print)",
    ],
)
def test_what_is_started_is_late(tmp_path: Path, line: str) -> None:
    assert len(late_lines(tmp_path, route(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "    await note(tasks)",
        "    await asyncio.create_task(note(tasks))",
        "    return asyncio.create_task(note(tasks))",
        "    asyncio.create_task(note())",
        "    asyncio.create_task(note(BackgroundTasks()))",
        "    call_later(1, tasks.add_task, print)",
    ],
)
def test_what_is_waited_for_or_gets_no_instance_is_not(tmp_path: Path, line: str) -> None:
    assert late_lines(tmp_path, route(line)) == []


def test_the_call_is_named_where_the_function_is_awaited_elsewhere(tmp_path: Path) -> None:
    lines = ("    await note(tasks)", "    asyncio.create_task(note(tasks))")
    assert late_lines(tmp_path, route(*lines)) == [4]
