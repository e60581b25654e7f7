"""Async work that decorators, lambdas and sync functions hide, and why some of it stays hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixes.planning import plan, refusal

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
import functools
from typing import Any

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs){returns}:
        return {returned}

    return wrapper


@{decorator}
async def publish(name: str) -> None: ...


async def tell(tasks: BackgroundTasks) -> None:
    tasks.add_task(print)


@app.post("/x")
{route}

{others}
"""
TASK = "def x(tasks: BackgroundTasks) -> None:\n    tasks.add_task(publish, 'a')\n"
PARTS = {
    "decorator": "logged",
    "returned": "function(*args, **kwargs)",
    "returns": "",
    "route": TASK,
    "others": "",
}


def written(**parts: str) -> dict[str, str]:
    return {"main.py": APP.format(**{**PARTS, **parts})}


@pytest.mark.parametrize("parts", [{}, {"returns": " -> Any"}, {"decorator": "functools.cache"}])
def test_made_visible(tmp_path: Path, parts: dict[str, str]) -> None:
    assert plan(tmp_path, written(**parts), "BGT505").applicability == "unsafe"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (
            {"others": "@logged\ndef draw() -> None: ...\n"},
            "its decorator stands around draw() in main.py:31, too, which is sync",
        ),
        (
            {"others": "shown = logged(print)\n"},
            "the decorator logged() is called by hand in main.py:30",
        ),
        (
            {"returns": " -> str"},
            "the wrapper in main.py:11 is declared to return what it hands back",
        ),
        (
            {"decorator": "functools.cache", "others": "publish.cache_clear()\n"},
            "something may use the cache of its decorator",
        ),
    ],
)
def test_decorators_that_stay(tmp_path: Path, parts: dict[str, str], reason: str) -> None:
    assert refusal(tmp_path, written(**parts), "BGT505") == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "    f = lambda x=1: publish(x)\n    tasks.add_task(f)\n",
            "it is not known which arguments the lambda gets",
        ),
        (
            "    f = lambda x: publish(x)\n    tasks.add_task(f, *['a'])\n",
            "it is not known which arguments the lambda gets",
        ),
        (
            "    f = lambda x: publish(x.name)\n    tasks.add_task(f, app)\n",
            "its arguments may be others by then",
        ),
        (
            "    f = lambda x: publish(**x)\n    tasks.add_task(f, {})\n",
            "its arguments can't be passed through add_task",
        ),
    ],
)
def test_lambdas_that_stay(tmp_path: Path, body: str, reason: str) -> None:
    route = f"def x(tasks: BackgroundTasks) -> None:\n{body}"
    sources = {"main.py": APP.format(**{**PARTS, "route": route}).replace("@logged\n", "")}
    assert refusal(tmp_path, sources, "BGT505") == reason


@pytest.mark.parametrize(
    ("route", "others"),
    [
        ("def x(tasks: BackgroundTasks) -> None:\n    tell(tasks)\n    print()\n", ""),
        ("def x(tasks: BackgroundTasks) -> None:\n    tell(tasks)\n", "x(BackgroundTasks())"),
    ],
)
def test_sync_routes_that_stay(tmp_path: Path, route: str, others: str) -> None:
    sources = written(decorator="functools.wraps(print)", route=route, others=others)
    why = "it can only be awaited in an 'async def' function"
    assert refusal(tmp_path, sources, "BGT505") == why
