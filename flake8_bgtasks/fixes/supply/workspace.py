"""The program as a fix has to see it: with everything that may call a function it changes."""

from __future__ import annotations

import os
import re
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply.strangers import may_mean
from flake8_bgtasks.fixes.supply.syntax import Syntax
from flake8_bgtasks.fixes.supply.tables import DYNAMIC
from flake8_bgtasks.fixes.words import Words
from flake8_bgtasks.project.exclude import DEFAULT_EXCLUDE, Exclude
from flake8_bgtasks.project.installable import is_installable
from flake8_bgtasks.project.repository import ignores_above
from flake8_bgtasks.project.walk import Walk
from flake8_bgtasks.tracking.things import ScopeRef

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flake8_bgtasks.project.outline import Outline
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_ENTRY_POINT = re.compile(rb"(?<![\w.])[\w.]+:(?:\w+\.)*(\w+)")


class Workspace:
    """A program that grows by the statements that name what a fix asks about."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.syntax = Syntax(program.files)
        self.words = program.once(Words)
        self.is_installable = cache(partial(is_installable, program.files, program.all_paths))
        self._known: set[str] = set()
        self.unread: dict[str, set[str]] = {}

    def know(self, names: Collection[str], homes: Collection[str] = ()) -> bool:
        """Track every statement that has one of the names in it; return whether there were any.

        `homes` are names of modules and classes: what gets at their members by name is tracked too.
        """
        new = {name for name in names if name not in self._known}
        if not new:
            return False
        self._known |= new
        found: dict[str, set[int]] = {}
        for path in self._paths_naming(new, homes):
            for index in self._naming(path, new, set(homes)):
                if not self.program.matters(ScopeRef(path, index, 0)):
                    found.setdefault(path, set()).add(index)
        if found:
            self.program = self.program.widened(found)
        return bool(found)

    def _paths_naming(self, names: Collection[str], homes: Collection[str]) -> list[str]:
        """Return the files that have a name in them, or get at members of a home by name."""
        dynamic = {*self.words.files_with(homes)} & {*self.words.files_with(DYNAMIC)}
        return sorted(dynamic.union(self.words.files_with(names)))

    def _naming(self, path: str, names: set[str], homes: set[str]) -> Iterator[int]:
        """Yield the statements of a file that have a name in them, or what it is imported as."""
        outline = self.program.files.outline(path)
        if outline is None:
            for name in self.words.of(path) & names:
                self.unread.setdefault(name, set()).add(path)
            return
        wanted = names | _bound_by_imports(outline, names)
        at_home = homes | _bound_by_imports(outline, homes)
        for statement in outline.statements:
            here = outline.identifiers[statement.index]
            gets = not here.isdisjoint(DYNAMIC) and not here.isdisjoint(at_home)
            if gets or not wanted.isdisjoint(here):
                yield statement.index

    # What is not part of the program

    @cached_property
    def entry_points(self) -> list[tuple[str, str]]:
        """The files that name what the distribution's commands call, and the names there."""
        files = self.program.files
        return [
            (path, target.decode())
            for path in ("pyproject.toml", "setup.cfg")
            if os.path.isfile(files.absolute(path))
            for target in _ENTRY_POINT.findall(files.content(path))
        ]

    def stranger(self, names: Collection[str], *, member: bool) -> str | None:
        """Return a file that isn't known and may mean what goes by one of the names.

        It is excluded from the checks; `unread` files are those that can't be parsed.
        """
        for path in self._outside:
            if self._may_mean(path, names, member=member):
                return path
        return None

    def is_meant(self, path: str, names: Collection[str], *, member: bool) -> bool:
        """Return whether a file that can't be parsed may mean what goes by one of the names."""
        return self._may_mean(path, names, member=member)

    def _may_mean(self, path: str, names: Collection[str], *, member: bool) -> bool:
        modules = partial(self._modules, names)
        return may_mean(self.words.content(path), names, modules, member=member)

    def _modules(self, names: Collection[str]) -> set[str]:
        """Return the names of the modules that hold one of the names, or may."""
        held = [name.encode(errors="surrogatepass") for name in names] + [b"import *"]
        return {
            path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
            for text in held
            for path in self.words.files_containing(text)
        }

    @cached_property
    def _outside(self) -> tuple[str, ...]:
        """The Python files of the project that are excluded, though not by git."""
        root = os.path.normpath(self.program.files.absolute(""))
        walk = Walk(root, Exclude(DEFAULT_EXCLUDE, root))
        known = frozenset(self.program.all_paths)
        return tuple(
            sorted(path for path in walk.files(root, ignores_above(root)) if path not in known)
        )

    # Words

    def where(self, ref: NodeRef | ScopeRef) -> str:
        """Return `path:line` of a node or of the definition of a scope."""
        named = hasattr(ref, "node")
        span = self.program.span(ref) if named else self.program.units.scope(ref).span  # type: ignore[arg-type]
        return f"{ref.path}:{span.line}"

    def name(self, ref: ScopeRef) -> str:
        """Return how a function is called in messages."""
        return f"{self.program.units.scope(ref).qualname}()"


def _bound_by_imports(outline: Outline, names: set[str]) -> set[str]:
    """Return as what a file imports the names, modules among them."""
    return {
        item.bound
        for item in outline.imports
        if item.name in names or item.module.rpartition(".")[2] in names
    }
