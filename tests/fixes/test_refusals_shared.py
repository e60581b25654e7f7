"""Instances bound by `partial`, and those of a class of the project's own: what stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.edits import Plan
from tests.fixes.planning import answers, plan, refusal

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
from functools import partial

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


class Audited(BackgroundTasks):{members}


def scan(name: str) -> None: ...


def schedule(tasks: BackgroundTasks, name: str = "x", *, often: bool = False) -> None:
    tasks.add_task(scan, name)


{shared}


@app.post("/x")
def x() -> None:
    {call}
"""


def written(call: str, shared: str = "", members: str = " ...") -> dict[str, str]:
    return {"main.py": APP.format(call=call, shared=shared, members=members)}


@pytest.mark.parametrize(
    ("shared", "call", "reason"),
    [
        (
            "later = partial(schedule, BackgroundTasks(), 'a')",
            "later()",
            "the function gets other arguments by position, too",
        ),
        ("later = partial(schedule, Audited())", "later()", "the list of tasks is used by hand"),
        (
            "later = partial(schedule, BackgroundTasks())",
            "list(map(later, 'a'))",
            "main.py:23 does not simply call it",
        ),
        (
            "later = partial(schedule, BackgroundTasks())\nlater('now')",
            "later()",
            "main.py:19 uses it when the module is imported",
        ),
        (
            "all_of_it = [partial(schedule, BackgroundTasks())]",
            "all_of_it[0]()",
            "only an instance in a variable of a module can be replaced everywhere",
        ),
    ],
)
def test_prebound_instances_that_stay(tmp_path: Path, shared: str, call: str, reason: str) -> None:
    assert refusal(tmp_path, written(call, shared), "BGT102") == reason


def test_other_arguments_of_a_partial_stay(tmp_path: Path) -> None:
    shared = "later = partial(schedule, BackgroundTasks(), often=True)"
    assert plan(tmp_path, written("later('a')", shared), "BGT102").applicability == "unsafe"


OWN_KIND = "an instance of its own kind is made here, which FastAPI does not inject"


@pytest.mark.parametrize(
    ("code", "call", "members"),
    [
        ("BGT101", "Audited().add_task(scan, 'a')", " ..."),
        (
            "BGT101",
            "queue = Audited()\n    queue.add_task(scan, 'a')",
            "\n    async def __call__(self): ...",
        ),
        ("BGT202", "print(schedule(Audited()))", " ..."),
        ("BGT202", "tasks = 1\n    schedule(Audited())", " ..."),
    ],
)
def test_instances_of_an_own_kind_that_stay(
    tmp_path: Path, code: str, call: str, members: str
) -> None:
    assert refusal(tmp_path, written(call, members=members), code) == OWN_KIND


def test_an_instance_of_an_own_kind_runs_as_a_task(tmp_path: Path) -> None:
    call = "queue = Audited()\n    queue.add_task(scan, 'a')"
    (answer,) = answers(tmp_path, written(call), "BGT101")
    assert isinstance(answer, Plan)
    assert answer.applicability == "unsafe"
