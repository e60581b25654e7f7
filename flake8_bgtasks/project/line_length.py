"""How long the lines of a project may be, as its formatter is told."""

from __future__ import annotations

import os
from posixpath import dirname
from typing import TYPE_CHECKING, Any

from flake8_bgtasks.project.formats import parse_toml
from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FILES = (".ruff.toml", "ruff.toml", "pyproject.toml")
_TOOLS = ("ruff", "black")
_KEY = "line-length"
_LEAST, _GREATEST = 20, 400


def line_length(absolute: Callable[[str], str], folder: str) -> int | None:
    """Return the line length that Ruff or Black are set to for a folder, None where they aren't.

    `absolute` gives where a folder of the project is. The nearest settings above the files count.
    """
    while True:
        for length in _lengths(absolute(folder)):
            return length
        if not folder:
            return None
        folder = dirname(folder)


def _lengths(folder: str) -> Iterator[int]:
    for name in _FILES:
        document = _parsed(os.path.join(folder, name))
        tools = document.get("tool")
        if name == "pyproject.toml":
            tables = [tools.get(tool) for tool in _TOOLS] if isinstance(tools, dict) else []
        else:
            tables = [document]
        for table in tables:
            length = table.get(_KEY) if isinstance(table, dict) else None
            if type(length) is int and _LEAST <= length <= _GREATEST:
                yield length


def _parsed(file: str) -> dict[str, Any]:
    try:
        return parse_toml(read(file).decode())
    except (BadSource, ValueError):  # ValueError: not TOML, not UTF-8
        return {}
