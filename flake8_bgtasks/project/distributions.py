"""Which folders of a repository hold a distribution of their own."""

from __future__ import annotations

import os
from posixpath import dirname, join
from typing import TYPE_CHECKING

from flake8_bgtasks.project.modules import folders_above

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")


def markers(root: str | Path, files: Collection[str]) -> Iterator[str]:
    """Yield the files below `root` that belong to a distribution, relative to it with `/`.

    They are looked for in the folders above the `files`, except in packages in packages.
    """
    for folder in sorted(possible_folders(files)):
        path = os.path.join(root, folder)
        present = set(names_in(path))
        for name in _MARKERS:
            if name in present and os.path.isfile(os.path.join(path, name)):
                yield join(folder, name)


def names_in(folder: str) -> list[str]:
    """Return the names of the files in a folder: one question instead of one for each name."""
    try:
        return os.listdir(folder or ".")
    except OSError:  # an archive, or nothing
        return []


def possible_folders(files: Collection[str]) -> set[str]:
    """Return the folders above the `files`, with the root `""`, except packages in packages."""
    packages = {dirname(file) for file in files if file.endswith("__init__.py")} - {""}
    inner = {folder for folder in packages if dirname(folder) in packages}
    return folders_above(files) - inner
