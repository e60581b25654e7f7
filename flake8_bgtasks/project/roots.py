"""Where a project's root folder is."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKERS = ("pyproject.toml", "setup.cfg", "tox.ini", ".flake8", ".git")


def root_for(paths: Sequence[str], cwd: str) -> str:
    """Find the root of the project that `paths` (relative to `cwd`, or absolute) belong to.

    The working directory decides as long as it holds all paths, so that a run on one file
    analyses the same project as a full run from the same folder.
    Raises UsageError if the paths have no common folder (two drives).
    """
    here = os.path.abspath(cwd)
    absolute = [absolute_path(path, here) for path in paths or ["."]]
    if all(is_within(path, here) for path in absolute) and (root := _marked_folder(here)):
        return root
    common = _common_folder(absolute)
    return _marked_folder(common) or common


def absolute_path(path: str, here: str) -> str:
    """Make a path absolute; one that leads into `here` by another name is spelled below `here`."""
    absolute = os.path.normpath(os.path.join(here, path))
    if is_within(absolute, here):
        return absolute
    real, real_here = os.path.realpath(absolute), os.path.realpath(here)
    if not is_within(real, real_here):
        return absolute
    return os.path.normpath(os.path.join(here, os.path.relpath(real, real_here)))


def is_within(path: str, folder: str) -> bool:
    """Tell whether a normalized absolute path is `folder` or lies below it."""
    path, folder = os.path.normcase(path), os.path.normcase(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def leads_out(path: str, folder: str) -> str | None:
    """Say so if a path that a configuration names leads out of a folder, also by a link."""
    folder = os.path.realpath(folder)
    try:
        if is_within(os.path.realpath(path), folder):
            return None
    except ValueError:
        return "no path can hold a NUL character"
    return f"{path} lies outside of {folder}: say so on the command line"


def _common_folder(absolute: Sequence[str]) -> str:
    try:
        common = os.path.commonpath(absolute)
    except ValueError as error:
        from flake8_bgtasks.errors import UsageError

        raise UsageError(f"the paths have no common folder: {', '.join(absolute)}") from error
    return common if os.path.isdir(common) else os.path.dirname(common)


def is_brought_along(folder: str, tree: str) -> bool:
    """Tell whether a folder lies in a tree, or in a project or repository around that."""
    real, tree = os.path.realpath(folder), os.path.realpath(tree)
    around = (above for above in _upwards(tree) if is_within(real, above))
    return any(above == tree or _is_marked(above) for above in around)


def _marked_folder(start: str) -> str | None:
    return next(filter(_is_marked, _upwards(start)), None)


def _is_marked(folder: str) -> bool:
    return any(os.path.lexists(os.path.join(folder, marker)) for marker in MARKERS)


def _upwards(start: str) -> Iterator[str]:
    """Yield `start` and the folders above it, but not the home folder, as flake8 does."""
    home = os.path.normcase(os.path.expanduser("~"))
    folder = start
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder or os.path.normcase(parent) == home:
            return
        folder = parent
