"""How the instance gets to a helper over methods, overrides, protocols and constructors."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.fixes.threads import routes

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    pytest.param(
        """\
        from typing import Protocol


        class Notifier(Protocol):
            def tell(self, to: str) -> None: ...


        class Mail:
            def tell(self, to: str) -> None:
                notify(to)


        class Silent:
            def tell(self, to: str) -> None: ...


        def tell_all(notifier: Notifier) -> None:
            notifier.tell("all")


        @app.post("/")
        def create(loud: bool) -> None:
            tell_all(Mail() if loud else Silent())
        """,
        """\
        from typing import Protocol


        class Notifier(Protocol):
            def tell(self, to: str, background_tasks: BackgroundTasks) -> None: ...


        class Mail:
            def tell(self, to: str, background_tasks: BackgroundTasks) -> None:
                notify(to, background_tasks)


        class Silent:
            def tell(self, to: str, background_tasks: BackgroundTasks) -> None: ...


        def tell_all(notifier: Notifier, background_tasks: BackgroundTasks) -> None:
            notifier.tell("all", background_tasks)


        @app.post("/")
        def create(loud: bool, background_tasks: BackgroundTasks) -> None:
            tell_all(Mail() if loud else Silent(), background_tasks)
        """,
        id="protocol and all that fulfils it",
    ),
    pytest.param(
        """\
        class Base:
            def run(self) -> None:
                raise NotImplementedError


        class Job(Base):
            def run(self) -> None:
                notify("job")


        class Loud(Job):
            def run(self) -> None:
                super().run()


        @app.post("/")
        def create() -> None:
            job: Base = Loud()
            job.run()
        """,
        """\
        class Base:
            def run(self, background_tasks: BackgroundTasks) -> None:
                raise NotImplementedError


        class Job(Base):
            def run(self, background_tasks: BackgroundTasks) -> None:
                notify("job", background_tasks)


        class Loud(Job):
            def run(self, background_tasks: BackgroundTasks) -> None:
                super().run(background_tasks)


        @app.post("/")
        def create(background_tasks: BackgroundTasks) -> None:
            job: Base = Loud()
            job.run(background_tasks)
        """,
        id="overrides and super()",
    ),
    pytest.param(
        """\
        class Service:
            def __init__(self, background_tasks: BackgroundTasks) -> None:
                self.tasks = background_tasks

            def tell(self, to: str) -> None:
                notify(to)


        @app.post("/")
        def create(background_tasks: BackgroundTasks) -> None:
            Service(background_tasks).tell("a")
        """,
        """\
        class Service:
            def __init__(self, background_tasks: BackgroundTasks) -> None:
                self.tasks = background_tasks

            def tell(self, to: str) -> None:
                notify(to, self.tasks)


        @app.post("/")
        def create(background_tasks: BackgroundTasks) -> None:
            Service(background_tasks).tell("a")
        """,
        id="what the constructor keeps",
    ),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_routes(tmp_path: Path, source: str, expected: str) -> None:
    assert routes(tmp_path, source) == dedent(expected)
