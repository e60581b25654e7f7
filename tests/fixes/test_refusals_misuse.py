"""Uses of an instance that its class does not have: repaired only where one meaning is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.edits import Plan, Refusal
from tests.fixes.planning import answers

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
from fastapi import BackgroundTasks, FastAPI
from starlette.background import BackgroundTask

app = FastAPI()


class Audited(BackgroundTasks): ...


def send(to: str) -> None: ...


def ping() -> None: ...


@app.post("/x")
async def x(to: str, later: object, tasks: BackgroundTasks) -> None:
    {}
"""


def answer(root: Path, statement: str) -> Plan | Refusal | None:
    (only,) = answers(root, {"main.py": APP.format(statement)}, "BGT508")
    return only


@pytest.mark.parametrize(
    "statement",
    [
        "tasks.append(ping)",
        "tasks.add(send, to)",
        "tasks.add_tasks(send, to=to)",
        "tasks(send, to)",
    ],
)
def test_one_meaning(tmp_path: Path, statement: str) -> None:
    plan = answer(tmp_path, statement)
    assert isinstance(plan, Plan)
    assert plan.applicability == "safe"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("tasks.append(later)", "what is given is not known to be a function"),
        ("tasks.add_tasks([ping, ping])", "what is given is not known to be a function"),
        ("tasks.add(send)", "the function does not take these arguments"),
        ("tasks.add()", "it is not known which function shall run"),
        (
            "tasks.add_tasks(send, ping)",
            "it is not known whether the other functions are arguments or tasks",
        ),
        ("tasks.remove(ping)", "it is not known what remove() shall do"),
        ("done = tasks.add(ping)", "something is done with what the call returns"),
        ("await tasks.add(ping)", "something is done with what the call returns"),
        ("await tasks(send, to)", "something is done with what the call returns"),
        (
            "Audited.add_task(send, to)",
            "the class is one of the project, which FastAPI does not inject",
        ),
        (
            "BackgroundTask(ping).add_task(ping)",
            "a BackgroundTask holds one task: take a BackgroundTasks for both",
        ),
        (
            "await BackgroundTask(send, to)(to=to)",
            "a BackgroundTask gets its arguments where it is made",
        ),
        (
            "tasks.add_task(ping)\n    done = tasks.tasks.clear()",
            "remove the call, or add the tasks behind it",
        ),
        ("BackgroundTasks(ping)", "it is not known whether the new instance shall have that task"),
    ],
)
def test_several_meanings(tmp_path: Path, statement: str, reason: str) -> None:
    assert answer(tmp_path, statement) == Refusal(reason)


def test_object_kept_in_an_attribute(tmp_path: Path) -> None:
    source = APP.format("Mailer(tasks).tell(to)") + (
        "\n\nclass Mailer:\n    def __init__(self, tasks: BackgroundTasks) -> None:\n"
        "        self.tasks = tasks\n\n    def tell(self, to: str) -> None:\n"
        "        self.tasks(send, to)\n"
    )
    (plan,) = answers(tmp_path, {"main.py": source}, "BGT508")
    assert isinstance(plan, Plan)
    (edit,) = plan.edits
    start = source.splitlines()[edit.expression.span.line - 1].index("self.tasks")  # type: ignore[union-attr]
    assert (edit.expression.span.column, edit.expression.span.end_column) == (start + 1, start + 11)  # type: ignore[union-attr]
