"""Small apps around a helper that makes its own instance, repaired by threading."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from tests.fixes.cases import repaired

if TYPE_CHECKING:
    from pathlib import Path

MAIL = """\
from fastapi import BackgroundTasks


def send(to: str) -> None: ...


def notify(to: str{}) -> None:
    tasks = BackgroundTasks()
    tasks.add_task(send, to)
"""
IMPORTS = (
    "from fastapi import BackgroundTasks, FastAPI\nfrom mail import notify\n\napp = FastAPI()\n\n\n"
)


def fixed(root: Path, files: dict[str, str]) -> dict[str, str]:
    """Return the files that safe threading changes."""
    before = {path: dedent(text).encode() for path, text in files.items()}
    after, _ = repaired(root, before, "0.165.0", unsafe=False, style="thread")
    return {path: text.decode() for path, text in after.items() if text != before[path]}


def routes(root: Path, source: str) -> str:
    """Return what becomes of the code below `app`, where `notify` makes its own instance."""
    main = IMPORTS + dedent(source)
    found = fixed(root, {"main.py": main, "mail.py": MAIL.format("")})
    return found.get("main.py", main).removeprefix(IMPORTS)
