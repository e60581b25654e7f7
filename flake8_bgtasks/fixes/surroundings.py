"""What the writer of a file asks about the other files."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.render import Surroundings
from flake8_bgtasks.project.line_length import line_length
from flake8_bgtasks.project.names import ProjectModule

if TYPE_CHECKING:
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
    def is_imported(path: str, name: str) -> bool:
        others = (other for other in program.all_paths if other != path)
        return any(_takes(program, other, path, name) for other in others)

    @cache
    def width(path: str) -> int | None:
        return line_length(program.files.absolute, path)

    return Surroundings(is_local, is_imported, width)


def _takes(program: Program, path: str, source: str, name: str) -> bool:
    """Return whether a file may take `name` from the module `source`; what can't be read may."""
    content = program.files.content(path)
    has_star = b"import *" in content
    if not has_star and name.encode() not in content:
        return False
    outline = program.files.outline(path)
    if outline is None:
        return not path.endswith("/")
    return any(_leads(program, path, item, source, name) for item in outline.imports)


def _leads(program: Program, path: str, item: Import, source: str, name: str) -> bool:
    module = program.names.module(path, item.module, item.level)
    if module == ProjectModule(source):
        return item.name in (None, "*", name)
    if item.name is not None and program.names.submodule(path, item) == ProjectModule(source):
        text = program.files.content(path).decode(errors="replace")
        return re.search(rf"\.\s*{re.escape(name)}\b", text) is not None
    return False
