"""Where the call of a helper becomes a dependency, by style, and where that is only proposed."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.fixes.cases import repaired

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_bgtasks.fixes.plans import Style

HELPERS = """
    from fastapi import BackgroundTasks

    def count(what: str) -> None: ...

    def note_visit(tasks: BackgroundTasks) -> None:
        tasks.add_task(count, "visit")

    def note_page(page: str, tasks: BackgroundTasks) -> bool:
        tasks.add_task(count, page)
        return True

    async def note_later(tasks: BackgroundTasks) -> None:
        tasks.add_task(count, "later")

    def note_some(tasks: BackgroundTasks, amount: int = 1) -> None:
        tasks.add_task(count, str(amount))
    """
IMPORTS = "from fastapi import FastAPI\nfrom helpers import {}\n\napp = FastAPI()\n\n\n"


def fixed(root: Path, route: str, style: Style = "auto", *, unsafe: bool = False) -> str:
    """Return what becomes of `main.py`, without its imports."""
    names = [
        name for name in ("note_visit", "note_page", "note_later", "note_some") if name in route
    ]
    main = IMPORTS.format(", ".join(names)) + dedent(route)
    files = {"main.py": main.encode(), "helpers.py": dedent(HELPERS).encode()}
    after, _ = repaired(root, files, "0.165.0", unsafe=unsafe, style=style)
    return after["main.py"].decode().partition("app = FastAPI()\n\n\n")[2]


VISIT = """\
@app.get("/")
def home() -> str:
    note_visit()
    return "home"
"""
VISIT_DEPENDS = """\
@app.get("/", dependencies=[Depends(note_visit)])
def home() -> str:
    return "home"
"""
VISIT_THREAD = """\
@app.get("/")
def home(background_tasks: BackgroundTasks) -> str:
    note_visit(background_tasks)
    return "home"
"""


@pytest.mark.parametrize(
    ("style", "expected"),
    [("auto", VISIT_DEPENDS), ("depends", VISIT_DEPENDS), ("thread", VISIT_THREAD)],
)
def test_first_and_unconditional(tmp_path: Path, style: Style, expected: str) -> None:
    assert fixed(tmp_path, VISIT, style) == expected


def test_result_that_is_used(tmp_path: Path) -> None:
    route = """\
        @app.get("/pages/{page}")
        def read(page: str) -> dict[str, object]:
            noted = note_page(page)
            return {"page": page, "noted": noted}
        """
    assert fixed(tmp_path, route) == dedent(
        """\
        @app.get("/pages/{page}")
        def read(page: str, noted: Annotated[bool, Depends(note_page)]) -> dict[str, object]:
            return {"page": page, "noted": noted}
        """
    )


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(
            '@app.get("/")\ndef home(q: int) -> str:\n    note_visit()\n    return ""\n',
            id="another parameter can fail",
        ),
        pytest.param(
            '@app.get("/")\ndef home() -> str:\n    print("x")\n    note_visit()\n    return ""\n',
            id="not first",
        ),
        pytest.param(
            '@app.get("/")\nasync def home() -> str:\n    note_visit()\n    return ""\n',
            id="sync helper in an async route",
        ),
        pytest.param(
            '@app.get("/")\ndef home() -> str:\n    note_some()\n    return ""\n',
            id="a default would become a query parameter",
        ),
        pytest.param(
            '@app.get("/")\ndef home() -> int:\n    note_visit()\n    note_visit()\n    return 1\n',
            id="twice",
        ),
        pytest.param(
            '@app.get("/")\ndef home() -> str:\n    note_visit()\n    return ""\n\n\n'
            '@app.get("/also")\ndef also() -> str:\n    return home()\n',
            id="route called by others",
        ),
        pytest.param(
            '@app.get("/{page}")\ndef read(page: int) -> int:\n    note_page(page)\n    return 1\n',
            id="path parameter that can fail",
        ),
    ],
)
def test_only_threading_is_safe(tmp_path: Path, route: str) -> None:
    after = fixed(tmp_path, route)
    assert "Depends" not in after
    assert "background_tasks: BackgroundTasks" in after


@pytest.mark.parametrize(
    "route",
    [
        pytest.param(
            '@app.get("/")\ndef home() -> str:\n    if app:\n        note_visit()\n    return ""\n',
            id="conditional",
        ),
        pytest.param(
            '@app.get("/")\ndef home() -> str:\n    print(note_visit())\n    return ""\n',
            id="part of another expression",
        ),
    ],
)
def test_what_can_not_become_a_dependency_is_threaded(tmp_path: Path, route: str) -> None:
    assert "Depends" not in fixed(tmp_path, route, "depends", unsafe=True)


def test_style_depends_is_unsafe_where_something_changes(tmp_path: Path) -> None:
    route = '@app.get("/")\ndef home(q: int) -> str:\n    note_visit()\n    return ""\n'
    assert fixed(tmp_path, route, "depends") == route
    assert fixed(tmp_path, route, "depends", unsafe=True) == (
        '@app.get("/", dependencies=[Depends(note_visit)])\n'
        'def home(q: int) -> str:\n    return ""\n'
    )
