"""A walk over a project's folders, past what is excluded, ignored by git or no source."""

from __future__ import annotations

import os

from flake8_bgtasks.project.repository import ignore_files_in, ignores_in, is_ignored
from flake8_bgtasks.project.roots import is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.project.exclude import Exclude
    from flake8_bgtasks.project.repository import IgnoreFiles

# Never sources of the project itself: environments, caches, what version control keeps.
SKIPPED_FOLDERS = frozenset(
    {
        ".bzr",
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "CVS",
        "__pycache__",
        "__pypackages__",
        "node_modules",
        "site-packages",
        "venv",
    }
)


class Walk:
    """Finds the files below a project's root whose names end in `suffix`.

    `folders` are those that have been entered, as absolute paths, with their status before they
    were listed; `ignore_files` those whose patterns were applied.
    """

    def __init__(self, root: str, exclude: Exclude, suffix: str = ".py") -> None:
        """`root` is a normalized absolute path; an empty `suffix` means every file."""
        self.folders: dict[str, os.stat_result] = {}
        self.ignore_files: list[str] = []
        self._root = os.path.realpath(root)
        self._start = len(root.rstrip(os.sep)) + 1
        self._exclude = exclude
        self._suffix = suffix

    def files(self, top: str, ignores: IgnoreFiles) -> Iterator[str]:
        """Yield the files below `top`, relative to the root with `/`, in no special order.

        `top` itself is entered whatever it is; `ignores` are the patterns that apply from above.
        """
        pending = [(top, ignores)]
        while pending:
            folder, ignores = pending.pop()
            status, entries = _entries(folder)
            names = {entry.name for entry in entries}
            if status is not None:
                self.folders[folder] = status
            if "pyvenv.cfg" in names and folder != top:
                continue
            self.ignore_files += ignore_files_in(folder, names)
            ignores = ignores_in(folder, names, ignores)
            for entry in entries:
                if is_folder := _is_folder(entry):
                    wanted = entry.name not in SKIPPED_FOLDERS
                else:
                    wanted = entry.name.endswith(self._suffix) and self._is_source(entry)
                if not wanted or self._leaves_out(entry, ignores, is_folder=is_folder):
                    continue
                if is_folder:
                    pending.append((entry.path, ignores))
                else:
                    yield entry.path[self._start :].replace(os.sep, "/")

    def _leaves_out(
        self, entry: os.DirEntry[str], ignores: IgnoreFiles, *, is_folder: bool
    ) -> bool:
        return self._exclude.matches_entry(entry.name, entry.path) or is_ignored(
            ignores, entry.name, entry.path, is_folder=is_folder
        )

    def _is_source(self, entry: os.DirEntry[str]) -> bool:
        """Tell files from named pipes and the like, and from links that lead out of the project."""
        if not entry.is_symlink():
            return entry.is_file(follow_symlinks=False)
        target = os.path.realpath(entry.path)
        return is_within(target, self._root) and not os.path.isdir(target)


def _entries(folder: str) -> tuple[os.stat_result | None, list[os.DirEntry[str]]]:
    try:
        status = os.stat(folder)
        with os.scandir(folder) as entries:
            return status, list(entries)
    except OSError:
        return None, []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether to look below an entry: links aren't followed, since they may form loops."""
    is_junction = getattr(entry, "is_junction", bool)  # Windows, from Python 3.12
    return entry.is_dir(follow_symlinks=False) and not is_junction()
