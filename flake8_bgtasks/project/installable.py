"""Whether files belong to a package that others install, so that unknown code may call them."""

from __future__ import annotations

import os
import re
import sys
from posixpath import dirname
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.project.files import Files

_APP = re.compile(rb"\bFastAPI\s*\(")
_SETUP_CFG = re.compile(r"^[ \t]*(?:packages|py_modules)\s*=", re.MULTILINE)


def is_installable(files: Files, paths: Collection[str], path: str) -> bool:
    """Return whether `path` is part of a distribution that has no FastAPI app of its own.

    `paths` are the project's files. A distribution is the nearest folder above with a
    `pyproject.toml` that has a `[build-system]`, a `setup.py`, or a `setup.cfg` with packages.
    """
    folder = _distribution(files, dirname(path))
    if folder is None:
        return False
    prefix = f"{folder}/" if folder else ""
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
    text = _text(folder, "pyproject.toml")
    document = _parse(text)
    if not document.keys() & {"build-system", "project"} and "poetry" not in _tool(document):
        return None
    if _tool(document).get("poetry", {}).get("package-mode") is False:
        return False
    if _tool(document).get("uv", {}).get("package") is False:
        return False
    return "build-system" in document or "poetry" in _tool(document)


def _tool(document: dict[str, Any]) -> dict[str, Any]:
    tool = document.get("tool")
    return tool if isinstance(tool, dict) else {}


def _parse(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _text(folder: str, name: str) -> str:
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            return file.read()
    except (OSError, ValueError):
        return ""
