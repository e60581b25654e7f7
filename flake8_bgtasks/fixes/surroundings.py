"""What the writer of a file asks about the other files."""

from __future__ import annotations

import re
from functools import cache
from posixpath import dirname
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.render import Surroundings
from flake8_bgtasks.fixes.words import Words
from flake8_bgtasks.project.line_length import line_length
from flake8_bgtasks.project.names import ProjectModule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.project.outline import Import
    from flake8_bgtasks.tracking.program import Program


ALONE = Surroundings(
    is_local=lambda _path, _module: False,
    is_imported=lambda _path, _name: False,
    width=lambda _path: None,
)
"""Those of a project in which nothing is to be repaired."""


def surroundings_of(program: Program) -> Surroundings:
    """Answer from a program."""

    def is_local(path: str, module: str) -> bool:
        return isinstance(program.names.module(path, module, 0), ProjectModule)

    @cache
    def width_in(folder: str) -> int | None:
        return line_length(program.files.absolute, folder)

    return Surroundings(
        is_local, program.once(_Importers).may_take, lambda path: width_in(dirname(path))
    )


class _Importers:
    """Which files import something from which others.

    Only those are parsed in which a name that is asked for stands, or a star import.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._words = program.once(Words)
        self._stars = self._words.files_containing(b"import *")
        self._named: dict[str, frozenset[str]] = {}
        self._read: set[str] = set()
        self._unreadable: set[str] = set()
        self._importing: dict[str, list[tuple[str, Import]]] = {}

    def may_take(self, source: str, name: str) -> bool:
        """Return whether a file may take `name` from `source`; what can't be read may."""
        named = self._naming(name)
        if any(path != source for path in self._unreadable & named):
            return True
        importing = self._importing.get(source, ())
        return any(
            path != source and path in named and self._takes(path, item, source, name)
            for path, item in importing
        )

    def _naming(self, name: str) -> frozenset[str]:
        if name not in self._named:
            found = self._stars.union(self._words.files_with({name}))
            for path in sorted(found - self._read):
                self._note_imports(path)
            self._named[name] = found
        return self._named[name]

    def _note_imports(self, path: str) -> None:
        self._read.add(path)
        outline = self._program.files.outline(path)
        if outline is None and not path.endswith("/"):
            self._unreadable.add(path)
        for item in outline.imports if outline else ():
            for module in self._modules(path, item):
                self._importing.setdefault(module, []).append((path, item))

    def _modules(self, path: str, item: Import) -> Iterator[str]:
        module = self._program.names.module(path, item.module, item.level)
        if isinstance(module, ProjectModule):
            yield module.path
        submodule = item.name and self._program.names.submodule(path, item)
        if submodule and submodule != module:
            yield submodule.path

    def _takes(self, path: str, item: Import, source: str, name: str) -> bool:
        if self._program.names.module(path, item.module, item.level) == ProjectModule(source):
            return item.name in (None, "*", name)
        text = self._words.content(path).decode(errors="replace")
        return re.search(rf"\.\s*{re.escape(name)}\b", text) is not None
