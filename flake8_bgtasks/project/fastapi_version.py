"""The FastAPI release that a project runs on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.declarations import METADATA, declared
from flake8_bgtasks.project.distributions import names_in, possible_folders
from flake8_bgtasks.project.lockfiles import LOCKS, locked_versions
from flake8_bgtasks.project.releases import newest, newest_allowed, parse_version
from flake8_bgtasks.project.requirements import consulted as consulted_requirements
from flake8_bgtasks.project.requirements import required, requirement_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

__all__ = ["detect", "installed_version", "parse_version"]


DEPTH = 3
"""So many folders down from the root of a repository, the releases of its parts are looked up."""


def detect(root: str | Path, files: Collection[str] = ()) -> str | None:
    """Return the release that the project in `root` runs on, such as `"0.115.12"`.

    Lock files, requirement files, the project's declared dependencies and the packages that are
    installed here are asked in this order. A range means the newest release that it allows.
    Where the root names no release, the folders above the project's `files` are asked before the
    installed packages, and the newest release that one of them names is meant.
    None means the newest release. Files that can't be read or parsed are passed over.
    """
    top = os.fspath(root)
    for folders in ([top], _parts(top, files)):
        if told := {release for folder in folders for release in _told(folder, top)}:
            return None if None in told else newest(filter(None, told))
    return installed_version()


def _told(folder: str, root: str) -> Iterator[str | None]:
    """Yield the release that the files of a folder name, if they name one."""
    if locked := locked_versions(folder):
        yield newest(locked)
    elif requirements := required(folder, root) or declared(folder):
        yield newest_allowed(requirements)


def _parts(root: str, files: Collection[str]) -> Iterator[str]:
    """Yield the folders below the root that hold files which may name a release."""
    for folder in sorted(possible_folders(files) - {""}):
        path = os.path.join(root, folder)
        if folder.count("/") < DEPTH and any(map(_may_tell, names_in(path))):
            yield path


def _may_tell(name: str) -> bool:
    return name.startswith("requirements") or name in LOCKS or name in METADATA


def candidates(root: str, files: Collection[str] = ()) -> list[str]:
    """Return the files in which `detect` looks first, those that exist."""
    return [path for folder in (root, *_parts(root, files)) for path in _candidates(folder)]


def _candidates(folder: str) -> list[str]:
    fixed = [os.path.join(folder, name) for name in (*LOCKS, *METADATA)]
    return [*filter(os.path.exists, fixed), *requirement_files(folder)]


def consulted(root: str, files: Collection[str] = ()) -> list[str]:
    """Return the files that `detect` may read, and those that they include."""
    folders = [root, *_parts(root, files)]
    direct = [path for folder in folders for path in _candidates(folder)]
    included = [path for folder in folders for path in consulted_requirements(folder, root)]
    return list(dict.fromkeys([*direct, *included]))


def installed_version() -> str | None:
    """Return the version of the FastAPI that is installed beside this tool, if there is one.

    `importlib.metadata` says the same, and takes longer to import than many a check.
    """
    for folder in sys.path:
        for name in names_in(folder):
            if name.startswith("fastapi-") and name.endswith(".dist-info"):
                return _version_or_none(name.removesuffix(".dist-info").partition("-")[2])
    return None


def _version_or_none(text: str) -> str | None:
    try:
        return parse_version(text)
    except UsageError:
        return None
