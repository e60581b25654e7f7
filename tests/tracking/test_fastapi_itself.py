"""FastAPI makes its class out of Starlette's, which is right there and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_engine import codes, run

if TYPE_CHECKING:
    from pathlib import Path

BACKGROUND = """
from fastapi.telemetry import operation
from starlette.background import BackgroundTasks as StarletteBackgroundTasks

class BackgroundTasks(StarletteBackgroundTasks):
    def add_task(self, func, *args):
        operation(func)
        return super().add_task(func, *args)
"""
FILES = {
    "__init__.py": "from fastapi.background import BackgroundTasks as BackgroundTasks\n",
    "applications.py": "from fastapi.routing import APIRouter\n\nclass FastAPI: ...\n",
    "background.py": BACKGROUND,
    "routing.py": "class APIRouter: ...\n",
    "telemetry.py": "def operation(func): ...\n",
}


@pytest.mark.parametrize("package", ["fastapi", "vendor/fastapi"])
def test_the_class_is_made_there(tmp_path: Path, package: str) -> None:
    files: dict[str, str | bytes] = {f"{package}/{name}": text for name, text in FILES.items()}
    assert codes(run(tmp_path, files)) == []
