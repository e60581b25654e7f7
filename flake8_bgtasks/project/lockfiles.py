"""The FastAPI release that a lock file pins."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.releases import parse_version
from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from collections.abc import Iterator

TOML_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
LOCKS = (*TOML_LOCKS, "Pipfile.lock")
PACKAGE = re.compile(r"^\[\[packages?\]\]\s*$", re.MULTILINE)
NAME = re.compile(r"""^name\s*=\s*["']fastapi["']\s*$""", re.MULTILINE | re.IGNORECASE)
VERSION = re.compile(r"""^version\s*=\s*["']([^"']+)["']\s*$""", re.MULTILINE)


def locked_versions(folder: str) -> set[str]:
    """Return the versions that the folder's first lock file with FastAPI in it pins."""
    for name in TOML_LOCKS:
        if found := _valid(_from_toml(_text(os.path.join(folder, name)))):
            return found
    return _valid(_from_pipfile(_text(os.path.join(folder, "Pipfile.lock"))))


def _from_toml(text: str) -> Iterator[str]:
    """Cut the pin out of the text: a parser needs half a second for a large lock file."""
    for package in PACKAGE.split(text)[1:] if NAME.search(text) else ():
        version = VERSION.search(package)
        if version and NAME.search(package):
            yield version[1]


def _from_pipfile(text: str) -> Iterator[str]:
    try:
        document: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return
    sections = document.values() if isinstance(document, dict) else ()
    for section in sections:
        package = section.get("fastapi") if isinstance(section, dict) else None
        version = package.get("version") if isinstance(package, dict) else None
        if isinstance(version, str):
            yield version.removeprefix("==")


def _valid(versions: Iterator[str]) -> set[str]:
    found = set()
    for version in versions:
        with suppress(UsageError):
            found.add(parse_version(version))
    return found


def _text(path: str) -> str:
    try:
        return read(path).decode("utf-8-sig", "replace")
    except BadSource:
        return ""
