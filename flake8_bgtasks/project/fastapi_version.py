"""The FastAPI release that a project runs on."""

from __future__ import annotations

import os
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
    """Return the version of the FastAPI that is installed beside this tool, if there is one."""
    from importlib import metadata

    try:
        return parse_version(metadata.version("fastapi"))
    except (metadata.PackageNotFoundError, UsageError, TypeError):
        return None
