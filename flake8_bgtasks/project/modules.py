"""Which file a dotted name in an import means."""

from __future__ import annotations

import sys
from posixpath import dirname, join
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


_NEVER_OURS = frozenset({"fastapi", "starlette"})
"""A folder of that name (`cd fastapi && uvicorn main:app`) does not hide the installed package."""


class Modules:
    """The modules of a project: `files` are relative to its root, with `/`.

    A module is named by its file, a package by its `__init__.py`, a namespace package by its folder
    with a `/` at the end.
    """

    def __init__(self, files: Collection[str], markers: Collection[str] = ()) -> None:
        self._files = frozenset(files)
        self._folders = frozenset(folders_above(files))
        self._marked = {dirname(path) for path in markers} | {""}
        self._roots = self._source_roots(
            {dirname(path) for path in markers if not path.endswith("requirements.txt")}
        )
        self._names = {path.rpartition("/")[2].removesuffix(".py") for path in self._files}
        self._names |= {folder.rpartition("/")[2] for folder in self._folders}
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._starts: dict[str, tuple[str, ...]] = {}

    def _source_roots(self, marked: set[str]) -> tuple[str, ...]:
        """Return the folders that hold other distributions of the repository."""
        roots = [join(folder, sub) for folder in marked for sub in ("src", "lib", "")]
        return tuple(sorted({root.rstrip("/") for root in roots} & self._folders))

    def absolute(self, importer: str, dotted: str) -> str | None:
        """Return what `import dotted` in the file `importer` means; None if it isn't the project's.

        The folders above the importer come first, nearest first, each with its `src`; a module or
        package before a plain folder, as in Python. Then the other distributions of the repository,
        where exactly one has that module.
        """
        first = dotted.partition(".")[0]
        if first not in self._names or first in sys.stdlib_module_names | _NEVER_OURS:
            return None
        tail = dotted.replace(".", "/")
        candidates = [found for found in self._candidates(importer, tail) if found != importer]
        if candidates:
            return next((found for found in candidates if not found.endswith("/")), candidates[0])
        elsewhere = {self._at(join(root, tail)) for root in self._roots} - {None, importer}
        return elsewhere.pop() if len(elsewhere) == 1 else None

    def _candidates(self, importer: str, tail: str) -> tuple[str, ...]:
        """Return what `tail` means below each of the folders above a file, nearest first."""
        key = (dirname(importer), tail)
        if key not in self._known:
            found = (self._at(start + tail) for start in self._starts_above(key[0]))
            self._known[key] = tuple(one for one in found if one is not None)
        return self._known[key]

    def _starts_above(self, folder: str) -> tuple[str, ...]:
        """Return how the paths begin of what may be imported from a folder, nearest first."""
        if folder not in self._starts:
            roots = [r for above in self._above(folder) for r in (above, join(above, "src"))]
            known = [root for root in roots if root in self._folders]
            self._starts[folder] = tuple(f"{root}/" if root else "" for root in known)
        return self._starts[folder]

    def _above(self, folder: str) -> Iterator[str]:
        """Yield the folders that may be on `sys.path`, nearest first: all that are no packages.

        Nor is the folder of a distribution one, although many have a stray `__init__.py`.
        """
        while True:
            if folder in self._marked or join(folder, "__init__.py") not in self._files:
                yield folder
            if not folder:
                return
            folder = dirname(folder)

    def relative(self, importer: str, level: int, dotted: str) -> str | None:
        """Return what `from <level dots>dotted import …` in `importer` imports from."""
        folder = dirname(importer)
        for _ in range(level - 1):
            if not folder:
                return None
            folder = dirname(folder)
        tail = dotted.replace(".", "/")
        return self._at(join(folder, tail) if tail else folder)

    def submodule(self, package: str, name: str) -> str | None:
        """Return the module `name` in `package`."""
        if package.endswith("/"):
            return self._at(package + name)
        if package.endswith("__init__.py"):
            return self._at(join(dirname(package), name))
        return None

    def _at(self, stem: str) -> str | None:
        for path in (f"{stem}/__init__.py" if stem else "__init__.py", f"{stem}.py"):
            if path in self._files:
                return path
        return f"{stem}/" if stem in self._folders else None


def folders_above(files: Collection[str]) -> set[str]:
    """Return the folders that hold files, and the folders that hold those, up to the root `""`."""
    found: set[str] = {""}
    pending = {path.rpartition("/")[0] for path in files}  # much faster than `dirname`
    while pending:
        found |= pending
        pending = {folder.rpartition("/")[0] for folder in pending} - found
    return found
