"""How the instance gets to a helper: over methods, protocols, closures, threads and tests."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.fixes.threads import IMPORTS, MAIL, fixed, routes

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    pytest.param(
        """\
        @app.post("/")
        def create(to: str, jobs: BackgroundTasks) -> None:
            notify(to)
        """,
        """\
        @app.post("/")
        def create(to: str, jobs: BackgroundTasks) -> None:
            notify(to, jobs)
        """,
        id="a parameter of another name is used",
    ),
    pytest.param(
        """\
        @app.post("/")
        def create(to: str, copies: int = 1) -> None:
            for _ in range(copies):
                notify(to=to)
        """,
        """\
        @app.post("/")
        def create(to: str, background_tasks: BackgroundTasks, copies: int = 1) -> None:
            for _ in range(copies):
                notify(to=to, tasks=background_tasks)
        """,
        id="before a default, passed by keyword",
    ),
    pytest.param(
        """\
        @app.post("/")
        def create(to: str) -> None:
            background_tasks = [to]
            notify(background_tasks[0])
        """,
        """\
        @app.post("/")
        def create(to: str, bg_tasks: BackgroundTasks) -> None:
            background_tasks = [to]
            notify(background_tasks[0], bg_tasks)
        """,
        id="a name that is taken",
    ),
    pytest.param(
        """\
        @app.post("/")
        def create(to: str) -> None:
            def tell() -> None:
                notify(to)

            tell()
            again = lambda: notify(to)
            again()
        """,
        """\
        @app.post("/")
        def create(to: str, background_tasks: BackgroundTasks) -> None:
            def tell() -> None:
                notify(to, background_tasks)

            tell()
            again = lambda: notify(to, background_tasks)
            again()
        """,
        id="closures read the parameter of the route",
    ),
    pytest.param(
        """\
        @app.post("/")
        def create(names: list[str]) -> None:
            args = (names[0],)
            notify(*args)
        """,
        """\
        @app.post("/")
        def create(names: list[str], background_tasks: BackgroundTasks) -> None:
            args = (names[0],)
            notify(*args, tasks=background_tasks)
        """,
        id="star arguments",
    ),
    pytest.param(
        """\
        def relay(to: str, depth: int) -> None:
            if depth:
                relay(to, depth - 1)
            notify(to)


        @app.post("/")
        def create(to: str) -> None:
            relay(to, 2)
        """,
        """\
        def relay(to: str, depth: int, background_tasks: BackgroundTasks) -> None:
            if depth:
                relay(to, depth - 1, background_tasks)
            notify(to, background_tasks)


        @app.post("/")
        def create(to: str, background_tasks: BackgroundTasks) -> None:
            relay(to, 2, background_tasks)
        """,
        id="recursion",
    ),
    pytest.param(
        """\
        import asyncio


        @app.post("/")
        async def create(to: str) -> None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, notify, to)
        """,
        """\
        import asyncio


        @app.post("/")
        async def create(to: str, background_tasks: BackgroundTasks) -> None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, notify, to, background_tasks)
        """,
        id="executor",
    ),
    pytest.param(
        """\
        @app.post("/")
        def create(to: str, background_tasks: BackgroundTasks) -> None:
            background_tasks.add_task(notify, to)
        """,
        """\
        @app.post("/")
        def create(to: str, background_tasks: BackgroundTasks) -> None:
            background_tasks.add_task(notify, to, background_tasks)
        """,
        id="in a task",
    ),
    pytest.param(
        """\
        @app.post("/")
        def create(to: str) -> None:
            notify(to)


        @app.put("/")
        def change(to: str, jobs: BackgroundTasks) -> None:
            create(to, background_tasks=jobs)
            create(to, jobs)
        """,
        """\
        @app.post("/")
        def create(to: str, background_tasks: BackgroundTasks) -> None:
            notify(to, background_tasks)


        @app.put("/")
        def change(to: str, jobs: BackgroundTasks) -> None:
            create(to, background_tasks=jobs)
            create(to, jobs)
        """,
        id="calls that pass it already",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_routes(tmp_path: Path, source: str, expected: str) -> None:
    assert routes(tmp_path, source) == dedent(expected)


def test_tests_get_an_instance_of_their_own(tmp_path: Path) -> None:
    source = """\
        from main import create
        from mail import notify


        def test_create() -> None:
            create("a")
            notify("a")
        """
    main = IMPORTS + '@app.post("/")\ndef create(to: str) -> None:\n    notify(to)\n'
    files = {"main.py": main, "mail.py": MAIL.format(""), "tests/test_main.py": source}
    assert fixed(tmp_path, files)["tests/test_main.py"] == dedent(
        """\
        from fastapi import BackgroundTasks

        from main import create
        from mail import notify


        def test_create() -> None:
            create("a", BackgroundTasks())
            notify("a", BackgroundTasks())
        """
    )


def test_all_or_nothing(tmp_path: Path) -> None:
    """One caller that can't be changed keeps all the others as they are."""
    main = IMPORTS + '@app.post("/")\ndef create(to: str) -> None:\n    notify(to)\n'
    script = 'from mail import notify\n\nif __name__ == "__main__":\n    notify("ops")\n'
    files = {"main.py": main, "mail.py": MAIL.format(""), "nightly.py": script}
    assert fixed(tmp_path, files) == {}


def test_keyword_only_helper(tmp_path: Path) -> None:
    source = '@app.post("/")\ndef create(to: str) -> None:\n    notify(to)\n'
    after = fixed(
        tmp_path, {"main.py": IMPORTS + source, "mail.py": MAIL.format(", copies: int = 1")}
    )
    signature = "def notify(to: str, copies: int = 1, *, tasks: BackgroundTasks) -> None:"
    assert signature in after["mail.py"]
    assert "notify(to, tasks=background_tasks)" in after["main.py"]
