"""Blocks that are moved out of a `with` or `for`, and those that have to be moved by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.document import CannotEditError
from flake8_bgtasks.fixes.edits import Refusal, UnwrapBlock
from tests.fixes.helpers import at, edited, expect
from tests.fixes.planning import answers

if TYPE_CHECKING:
    from pathlib import Path

MOVED = {
    "the block stays in its function": (
        """
        def f(tasks):
            a()
            with tasks as t:
                b()

                # why
                c(
                    1,
                )
            d()
        """,
        """
        def f(tasks):
            a()
            b()

            # why
            c(
                1,
            )
            d()
        """,
    ),
    "text in strings stays": (
        '''
        async def f(tasks):
            async with tasks:
                g("""
                    x
                """)
        ''',
        '''
        async def f(tasks):
            g("""
                    x
                """)
        ''',
    ),
    "a block on the same line": (
        """
        def f(tasks):
            for t in tasks: t.add_task(g)
        """,
        """
        def f(tasks):
            t.add_task(g)
        """,
    ),
    "inner blocks keep their shape": (
        """
        def f(tasks):
        \tfor t in tasks:
        \t\tif t:
        \t\t\ta()
        \t\telse:
        \t\t\tb()
        """,
        """
        def f(tasks):
        \tif t:
        \t\ta()
        \telse:
        \t\tb()
        """,
    ),
}


@pytest.mark.parametrize(("before", "after"), MOVED.values(), ids=MOVED.keys())
def test_moved_out(before: str, after: str) -> None:
    subject = at(before, "tasks", occurrence=1)
    expect(before, after, UnwrapBlock(subject))


@pytest.mark.parametrize("rest", [":  # why", "\\\n        as t:"])
def test_header_with_more_than_the_subject(rest: str) -> None:
    source = f"def f(tasks):\n    with tasks{rest}\n        a()\n"
    with pytest.raises(CannotEditError, match=r"app\.py:2 has a comment, or more lines"):
        edited(source, UnwrapBlock(at(source, "tasks", occurrence=1)))


APP = """\
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def ping() -> None: ...


@app.post("/x")
async def x({}) -> None:
    {}
"""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("with open('log') as log, tasks:\n        pass", "the 'with' enters something else, too"),
        (
            "with tasks as queue:\n        queue.add_task(ping)\n    queue = None",
            "'queue' is given another value, too",
        ),
        (
            "with tasks as tasks.queue:\n        pass",
            "the block binds more than a variable of a function",
        ),
    ],
)
def test_with_that_stays(tmp_path: Path, body: str, reason: str) -> None:
    source = APP.format("tasks: BackgroundTasks", body)
    assert answers(tmp_path, {"main.py": source}, "BGT508") == [Refusal(reason)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "for t in tasks:\n        t.add_task(ping)\n        break",
            "the loop in main.py:11 has to go by hand",
        ),
        ("tasks[0].add_task(ping)", "main.py:11 uses it as a collection"),
        (
            "print(len(tasks))\n    for t in tasks:\n        pass",
            "main.py:11 uses it as a collection",
        ),
    ],
)
def test_collection_that_stays(tmp_path: Path, body: str, reason: str) -> None:
    source = APP.format("tasks: list[BackgroundTasks]", body)
    assert answers(tmp_path, {"main.py": source}, "BGT304") == [Refusal(reason)]
