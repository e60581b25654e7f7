"""Starlette's class under its full name, also in quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixes.cases import repaired

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
from fastapi import FastAPI
from starlette import background

app = FastAPI()


@app.post("/")
def add(name: str, tasks: {}) -> None:
    tasks.add_task(print, name)
"""
EXPECTED = """\
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


@app.post("/")
def add(name: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(print, name)
"""


def test_attribute(tmp_path: Path) -> None:
    files, _ = repaired(tmp_path, {"main.py": SOURCE.format("background.BackgroundTasks").encode()})
    assert files["main.py"].decode() == EXPECTED


def test_attribute_in_quotes(tmp_path: Path) -> None:
    quoted = SOURCE.format('"background.BackgroundTasks"')
    files, _ = repaired(tmp_path, {"main.py": quoted.encode()})
    assert files["main.py"].decode() == EXPECTED


def test_all_tasks_of_one_import_are_moved(tmp_path: Path) -> None:
    source = (
        "from fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n"
        "from starlette.background import BackgroundTask\n\napp = FastAPI()\n\n\n"
        "@app.post('/')\ndef add(x: int) -> JSONResponse:\n    if x:\n"
        "        return JSONResponse(x, background=BackgroundTask(print, x))\n"
        "    arguments = [x]\n"
        "    task = BackgroundTask(print, *arguments, sep='')\n"
        "    return JSONResponse({}, background=task)\n"
    )
    files, result = repaired(tmp_path, {"main.py": source.encode()})
    assert result.refused == ()
    text = files["main.py"].decode()
    assert "        background_tasks.add_task(print, x)\n        return JSONResponse(x)\n" in text
    assert "    background_tasks.add_task(print, *arguments, sep='')\n" in text
    assert text.endswith("    return JSONResponse({})\n")


def test_a_file_that_imports_modules_only(tmp_path: Path) -> None:
    source = (
        "import fastapi\nfrom fastapi import responses as answers\n\napp = fastapi.FastAPI()\n\n\n"
        "@app.post('/')\ndef add(request: fastapi.Request) -> answers.Response:\n"
        "    tasks = fastapi.BackgroundTasks()\n    tasks.add_task(print)\n"
        "    return answers.Response()\n"
    )
    files, _ = repaired(tmp_path, {"main.py": source.encode()})
    text = files["main.py"].decode()
    assert text.startswith("import fastapi\nfrom fastapi import responses as answers\n")
    assert "def add(request: fastapi.Request, tasks: fastapi.BackgroundTasks)" in text
