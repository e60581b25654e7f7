"""Which files a project holds, and which of them a run reports."""

from __future__ import annotations

import os

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.exclude import Exclude
from flake8_bgtasks.project.repository import ignore_files_above, ignores_above
from flake8_bgtasks.project.roots import absolute_path, is_within, root_for
from flake8_bgtasks.project.walk import Walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["DEFAULT_PATTERNS", "Discovered", "discover", "root_for"]

DEFAULT_PATTERNS = ("*.py",)


class Discovered:
    """A project's Python files, relative to `root` with `/`, sorted, each once.

    `files` are all of them, `reported` those at or below the paths given, `named` those given
    one by one. `reported` is part of `files`, and `named` part of `reported`. `folders` are those
    that were searched, with their status before, and `ignore_files` those that were applied.
    """

    def __init__(
        self,
        root: str,
        files: tuple[str, ...],
        reported: tuple[str, ...],
        named: tuple[str, ...],
        folders: Mapping[str, os.stat_result],
        ignore_files: Sequence[str],
    ) -> None:
        """Keep what is given."""
        self.root = root
        self.files = files
        self.reported = reported
        self.named = named
        self.folders = folders
        self.ignore_files = ignore_files


def discover(
    paths: Sequence[str],
    *,
    cwd: str | Path,
    project_root: str | Path | None = None,
    exclude: Sequence[str],
    filename_patterns: Sequence[str] = DEFAULT_PATTERNS,
) -> Discovered:
    """Find the files of the project that `paths` (none: `cwd`) belong to.

    `exclude` and `filename_patterns` mean what flake8's options mean. What git ignores is left
    out unless it is given as a path.
    Raises UsageError for a path that does not exist or lies outside `project_root`.
    """
    here = os.path.abspath(cwd)
    root = _existing_root(project_root, here) if project_root else root_for(paths, here)
    given = [_Given(path, here, root) for path in paths or ["."]]
    search = _Search(root, Exclude(exclude, here), tuple(filename_patterns))
    return search.run(given)


class _Given:
    """A path as the user wrote it, where that is, and where that is in the project."""

    def __init__(self, path: str, here: str, root: str) -> None:
        absolute = absolute_path(absolute_path(path, here), root)
        if not os.path.lexists(absolute):
            raise UsageError(f"no such file or folder: {path}")
        if absolute != root and is_within(root, absolute):  # all of the project
            path, absolute = os.path.join(path, os.path.relpath(root, absolute)), root
        if not is_within(absolute, root):
            raise UsageError(f"{path} lies outside the project root {root}")
        self.written = path
        self.absolute = absolute
        self.relative = absolute[len(root) :].lstrip(os.sep).replace(os.sep, "/")

    @property
    def is_folder(self) -> bool:
        return os.path.isdir(self.absolute)


class _Search:
    def __init__(self, root: str, exclude: Exclude, patterns: tuple[str, ...]) -> None:
        self.root = root
        self.exclude = exclude
        self.patterns = patterns

    def run(self, given: Sequence[_Given]) -> Discovered:
        walk = Walk(self.root, self.exclude, self._suffix)
        project = list(walk.files(self.root, ignores_above(self.root)))
        wanted = [one for one in given if not self.exclude.matches(one.absolute)]
        named = {one.relative for one in wanted if not one.is_folder}
        folders = [one for one in wanted if one.is_folder]
        reported = named.union(*(self._below(one, walk, project) for one in folders))
        files = reported.union(path for path in project if path.endswith(".py"))
        return Discovered(
            self.root,
            tuple(sorted(files)),
            tuple(sorted(reported)),
            tuple(sorted(named)),
            walk.folders,
            [*ignore_files_above(self.root), *walk.ignore_files],
        )

    @property
    def _suffix(self) -> str:
        return ".py" if self.patterns == DEFAULT_PATTERNS else ""

    def _below(self, folder: _Given, walk: Walk, project: Sequence[str]) -> Iterator[str]:
        """Yield what flake8 checks below a folder, less what git ignores in it."""
        prefix = f"{folder.relative}/" if folder.relative else ""
        known = folder.absolute in walk.folders
        for path in project if known else walk.files(folder.absolute, ignores=()):
            if path.startswith(prefix) and self._has_pattern(folder, path[len(prefix) :]):
                yield path

    def _has_pattern(self, folder: _Given, path: str) -> bool:
        if self._suffix or not self.patterns:
            return True
        import fnmatch

        filename = os.path.join(folder.written, path)
        return any(fnmatch.fnmatch(filename, pattern) for pattern in self.patterns)


def _existing_root(project_root: str | Path, here: str) -> str:
    root = os.path.abspath(os.path.join(here, project_root))
    if not os.path.isdir(root):
        raise UsageError(f"the project root is not a folder: {project_root}")
    return root
