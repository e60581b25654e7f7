"""The FastAPI release that a project runs on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.declarations import METADATA, declared
from flake8_bgtasks.project.lockfiles import LOCKS, locked_versions
from flake8_bgtasks.project.releases import newest, newest_allowed, parse_version
from flake8_bgtasks.project.requirements import consulted as consulted_requirements
from flake8_bgtasks.project.requirements import required, requirement_files

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["detect", "installed_version", "parse_version"]


def detect(root: str | Path) -> str | None:
    """Return the release that the project in `root` runs on, such as `"0.115.12"`.

    Lock files, requirement files, the project's declared dependencies and the packages that are
    installed here are asked in this order. A range means the newest release that it allows.
    None means the newest release. Files that can't be read or parsed are passed over.
    """
    folder = os.fspath(root)
    if locked := locked_versions(folder):
        return newest(locked)
    if requirements := required(folder) or declared(folder):
        return newest_allowed(requirements)
    return installed_version()


def candidates(root: str) -> list[str]:
    """Return the files in which `detect` looks first, those that exist."""
    fixed = [os.path.join(root, name) for name in (*LOCKS, *METADATA)]
    return [*filter(os.path.exists, fixed), *requirement_files(root)]


def consulted(root: str) -> list[str]:
    """Return the files that `detect` may read, and those that they include."""
    return list(dict.fromkeys([*candidates(root), *consulted_requirements(root)]))


def installed_version() -> str | None:
    """Return the version of the FastAPI that is installed beside this tool, if there is one.

    `importlib.metadata` says the same, and takes longer to import than many a check.
    """
    for folder in sys.path:
        for name in _names_in(folder):
            if name.startswith("fastapi-") and name.endswith(".dist-info"):
                return _version_or_none(name.removesuffix(".dist-info").partition("-")[2])
    return None


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder or ".")
    except OSError:  # an archive, or nothing
        return []


def _version_or_none(text: str) -> str | None:
    try:
        return parse_version(text)
    except UsageError:
        return None
