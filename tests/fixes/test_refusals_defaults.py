"""A default that all requests share: dropped only where all calls can pass the injected one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.edits import Plan, Refusal
from tests.fixes.planning import answers

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
from functools import partial

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


class Audited(BackgroundTasks): ...


def scan(name: str) -> None: ...


@app.post("/x")
def x() -> None:
    {call}


def schedule({parameters}) -> None:
    tasks.add_task(scan, "x")


{others}
"""
DEFAULT = "tasks: BackgroundTasks = BackgroundTasks()"


def answer(
    root: Path, call: str = "schedule()", parameters: str = DEFAULT, others: str = ""
) -> Plan | Refusal | None:
    source = APP.format(call=call, parameters=parameters, others=others)
    (only,) = answers(root, {"main.py": source}, "BGT102")
    return only


@pytest.mark.parametrize("parameters", [DEFAULT, f"*, {DEFAULT}", f"{DEFAULT}, size: int = 1"])
def test_dropped(tmp_path: Path, parameters: str) -> None:
    plan = answer(tmp_path, parameters=parameters)
    assert isinstance(plan, Plan)
    assert plan.applicability == "unsafe"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"parameters": f"size: int = 1, {DEFAULT}"},
            "parameters with defaults stand before it",
        ),
        (
            {"parameters": "tasks: BackgroundTasks = Audited()"},
            "an instance of its own kind is made here, which FastAPI does not inject",
        ),
        (
            {"others": "if __name__ == '__main__':\n    schedule()"},
            "schedule() is also called from main.py:24, when the module is imported",
        ),
        (
            {"others": "def nightly() -> None:\n    schedule()"},
            "schedule() is also called from main.py:24, which no route reaches",
        ),
        ({"others": "later = partial(schedule)"}, "main.py:23 prepares a call of it"),
    ],
)
def test_not_dropped(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    assert answer(tmp_path, **changes) == Refusal(reason)
