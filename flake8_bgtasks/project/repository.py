"""The ignore files of a git repository, from its top down to a folder."""

from __future__ import annotations

import os

from flake8_bgtasks.project.source import BadSource, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.project.gitignore import IgnoreFile

    IgnoreFiles = tuple[IgnoreFile, ...]


def ignores_in(folder: str, names: Collection[str], above: IgnoreFiles) -> IgnoreFiles:
    """Return the patterns for the entries `names` of a folder, the weakest first.

    A repository inside another one starts afresh.
    """
    if ".git" not in names and ".gitignore" not in names:
        return above
    from flake8_bgtasks.project.gitignore import ignore_file

    found: list[IgnoreFile | None] = []
    if ".git" in names:
        above = ()
        found.append(ignore_file(_exclude_file(folder), folder))
    if ".gitignore" in names:
        found.append(ignore_file(os.path.join(folder, ".gitignore"), folder))
    return (*above, *(one for one in found if one))


def ignore_files_in(folder: str, names: Collection[str]) -> list[str]:
    """Return the files with the patterns that `ignores_in` returns, but for those from above."""
    found = [os.path.join(folder, ".gitignore")] if ".gitignore" in names else []
    return [*found, _exclude_file(folder)] if ".git" in names else found


def ignore_files_above(folder: str) -> list[str]:
    """Return the files that `ignores_above` looks for, whether they exist or not."""
    top = repository_top(folder)
    if top is None or top == folder:
        return []
    found = [_exclude_file(top)]
    while folder != top:
        folder = os.path.dirname(folder)
        found.append(os.path.join(folder, ".gitignore"))
    return found


def ignores_above(folder: str) -> IgnoreFiles:
    """Return the patterns that apply to a folder from the folders above it.

    None apply to a folder that is ignored itself: whoever works there wants it.
    """
    top = repository_top(folder)
    if top is None or top == folder:
        return ()
    ignores: IgnoreFiles = ()
    parent = top
    for name in os.path.relpath(folder, top).split(os.sep):
        ignores = ignores_in(parent, _present(parent), ignores)
        parent = os.path.join(parent, name)
        if is_ignored(ignores, name, parent, is_folder=True):
            return ()
    return ignores


def is_ignored(ignores: IgnoreFiles, name: str, path: str, *, is_folder: bool) -> bool:
    """Tell whether an entry is ignored: the last file with a word on it decides."""
    for one in reversed(ignores):
        decision = one.ignores(name, path, is_folder=is_folder)
        if decision is not None:
            return decision
    return False


def _present(folder: str) -> list[str]:
    special = (".git", ".gitignore")
    return [name for name in special if os.path.lexists(os.path.join(folder, name))]


def repository_top(folder: str) -> str | None:
    """Return the top of the git repository that a folder lies in, None if it lies in none."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _exclude_file(top: str) -> str:
    """Find `info/exclude`; in a submodule or work tree, `.git` is a file that points to it."""
    folder = os.path.join(top, ".git")
    if not os.path.isdir(folder):
        pointer = _first_line(folder).removeprefix("gitdir:").strip()
        folder = os.path.join(top, pointer)
        folder = os.path.join(folder, _first_line(os.path.join(folder, "commondir")))
    return os.path.join(folder, "info", "exclude")


def _first_line(path: str) -> str:
    try:
        data = read(path)
    except BadSource:
        return ""
    return os.fsdecode(data).partition("\n")[0].strip()
