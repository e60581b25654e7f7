"""Edits of one small file, and what becomes of it."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Span
from flake8_bgtasks.fixes.document import Document
from flake8_bgtasks.fixes.edits import Place, Symbol
from flake8_bgtasks.fixes.render import Surroundings, render

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit

TASKS = Symbol("fastapi", "BackgroundTasks")
PATH = "shop/app.py"


def at(source: str, code: str, occurrence: int = 0) -> Place:
    """Return the place of a piece of code in a source, by default of its first occurrence."""
    source = dedent(source)
    start = -1
    for _ in range(occurrence + 1):
        start = source.index(code, start + 1)
    return Place(PATH, Span(*position(source, start), *position(source, start + len(code))))


def position(source: str, offset: int) -> tuple[int, int]:
    before = source[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def edited(source: str, *edits: Edit, path: str = PATH, exported: tuple[str, ...] = ()) -> str:
    """Return a source with edits made; `shop` is the project, and others import `exported`."""
    document = Document(path, dedent(source).encode())
    surroundings = Surroundings(
        is_local=lambda _, module: module.partition(".")[0] == "shop",
        is_imported=lambda _, name: name in exported,
        width=lambda _: None,
    )
    return document.changed(render(document, edits, surroundings)).decode()


def expect(source: str, expected: str, *edits: Edit) -> None:
    assert edited(source, *edits) == dedent(expected)
