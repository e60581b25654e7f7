"""A project on disk that is checked again and again, with the cache and without."""

from __future__ import annotations

import io
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.cache import signatures
from flake8_bgtasks.cache.runs import recall
from flake8_bgtasks.cli import Console, run

if TYPE_CHECKING:
    from pathlib import Path

MAIN = """
from fastapi import FastAPI
from helpers import register

app = FastAPI()

@app.post("/users")
def create_user(name: str):
    register(name)
"""
HELPERS = """
from fastapi import BackgroundTasks

def register(name):
    tasks = BackgroundTasks()
    tasks.add_task(print, name)
"""
GRAIN = signatures.FINE_GRAIN / 1e9


class Result(NamedTuple):
    """What a run left, and whether it was repeated from its record."""

    code: int
    out: str
    recalled: bool


def check(*argv: str, stdin: bytes = b"") -> Result:
    """Run the command in this process, as its entry point does."""
    out, err = io.StringIO(), io.StringIO()
    code = recall(argv, out, lambda: stdin)
    if code is not None:
        return Result(code, out.getvalue(), True)
    code = run(argv, Console(out, err, lambda: stdin))
    assert err.getvalue() == ""
    return Result(code, out.getvalue(), False)


def fresh(*argv: str, stdin: bytes = b"") -> Result:
    """Run it without the cache."""
    return check("--no-cache", *argv, stdin=stdin)


def settle() -> None:
    """Wait until what was written is older than what file systems can tell apart."""
    time.sleep(GRAIN * 1.3)


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def records(folder: Path, kind: str = "") -> list[Path]:
    """Return the files of the cache, of one kind if that is given."""
    return sorted(folder.rglob(f"*.{kind or '*'}"))


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
