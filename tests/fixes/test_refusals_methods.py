"""Why methods are not changed although all calls of them in sight could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixes.planning import refusal

if TYPE_CHECKING:
    from pathlib import Path

MAILER = """
    from fastapi import BackgroundTasks

    def send(to: str) -> None: ...

    class Mailer:
        def notify(self, to: str) -> None:
            tasks = BackgroundTasks()
            tasks.add_task(send, to)
    """
MAILER_MAIN = """
    from fastapi import FastAPI
    from mail import Mailer

    app = FastAPI()

    @app.post("/users")
    def create_user(email: str) -> None:
        Mailer().notify(email)
    """


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(
            "def resend(mailer, to: str) -> None:\n    mailer.notify(to)\n",
            "it is not known whether other.py:2 means Mailer.notify()",
            id="unknown object",
        ),
        pytest.param(
            "class FakeMailer:\n    def notify(self, to: str) -> None: ...\n",
            "tests/other.py:2 stands in for Mailer.notify() in tests",
            id="fake",
        ),
        pytest.param(
            "import smtp\nfrom mail import Mailer\n\nclass Smtp(Mailer, smtp.Client):\n"
            "    def notify(self, to: str) -> None: ...\n",
            "the class in other.py:4 has bases outside of the project, which may call "
            "Mailer.notify()",
            id="foreign base",
        ),
        pytest.param(
            "from mail import Mailer\n\nsend_all = list(map(Mailer().notify, ['a']))\n",
            "Mailer.notify() is handed on in other.py:3, so that not all of its calls are known",
            id="callback",
        ),
        pytest.param(
            "from mail import Mailer\n\ndef send(kind: str) -> None:\n"
            "    getattr(Mailer(), kind)('x')\n",
            "other.py:4 may get Mailer.notify() by a name that is made at run time",
            id="getattr",
        ),
    ],
)
def test_methods(tmp_path: Path, source: str, reason: str) -> None:
    path = "tests/other.py" if "Fake" in source else "other.py"
    sources = {"main.py": MAILER_MAIN, "mail.py": MAILER, path: source}
    assert refusal(tmp_path, sources) == reason
