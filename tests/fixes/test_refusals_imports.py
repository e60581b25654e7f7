"""Files that import FastAPI where it is used only: what they need at the top might be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixes.planning import plan, refusal

if TYPE_CHECKING:
    from pathlib import Path

MAIL = """
    from fastapi import BackgroundTasks

    def send(to: str) -> None: ...

    def notify(to: str) -> None:
        tasks = BackgroundTasks()
        tasks.add_task(send, to)
    """


@pytest.mark.parametrize(
    "imported",
    [
        "    from fastapi import APIRouter",
        "    pass\n\ntry:\n    from fastapi import APIRouter\nexcept ImportError:\n    pass",
    ],
)
def test_fastapi_that_may_be_missing(tmp_path: Path, imported: str) -> None:
    routes = f"def router():\n{imported}\n\ndef create(to: str) -> None:\n    notify(to)\n"
    sources = {
        "mail.py": MAIL,
        "routes.py": f"from mail import notify\n\n{routes}",
        "main.py": "from fastapi import FastAPI\nfrom routes import create\n\n"
        "app = FastAPI()\napp.post('/x')(create)\n",
    }
    why = "routes.py imports FastAPI only where it is used, as if it may be missing"
    assert refusal(tmp_path, sources) == why
    sources["routes.py"] = f"from fastapi import Depends\n{sources['routes.py']}"
    assert plan(tmp_path, sources).applicability == "safe"
