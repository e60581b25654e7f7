"""Whether files belong to a package that others install, so that unknown code may call them."""

from __future__ import annotations

import os
import re
from posixpath import dirname
from typing import TYPE_CHECKING, Any

from flake8_bgtasks.project.formats import parse_toml
from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.project.files import Files

_APP = re.compile(rb"\bFastAPI\s*\(")
_SETUP_CFG = re.compile(r"^[ \t]*(?:packages|py_modules)\s*=", re.MULTILINE)


def is_installable(files: Files, paths: Collection[str], folder: str) -> bool:
    """Return whether a folder is part of a distribution that has no FastAPI app of its own.

    `paths` are the project's files. A distribution is the nearest folder above with a
    `pyproject.toml` that has a `[build-system]`, a `setup.py`, or a `setup.cfg` with packages.
    """
    top = _distribution(files, folder)
    if top is None:
        return False
    prefix = f"{top}/" if top else ""
    inside = (p for p in paths if p.startswith(prefix))
    return not any(files.has(p, _APP) for p in inside)


def _distribution(files: Files, folder: str) -> str | None:
    """Return the folder of the distribution that a folder is in, None where it is in none."""
    while True:
        answer = _is_distribution(files.absolute(folder))
        if answer is not None:
            return folder if answer else None
        if not folder:
            return None
        folder = dirname(folder)


def _is_distribution(folder: str) -> bool | None:
    """Return whether a folder's metadata makes it installable, None where it has no metadata."""
    if os.path.isfile(os.path.join(folder, "setup.py")):
        return True
    if _SETUP_CFG.search(_text(folder, "setup.cfg")):
        return True
    document = _parse(_text(folder, "pyproject.toml"))
    tools = _table(document, "tool")
    if not document.keys() & {"build-system", "project"} and "poetry" not in tools:
        return None
    if _table(tools, "poetry").get("package-mode") is False:
        return False
    if _table(tools, "uv").get("package") is False:
        return False
    return "build-system" in document or "poetry" in tools


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _parse(text: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except ValueError:
        return {}


def _text(folder: str, name: str) -> str:
    try:
        return read(os.path.join(folder, name)).decode("utf-8", "replace")
    except BadSource:
        return ""
