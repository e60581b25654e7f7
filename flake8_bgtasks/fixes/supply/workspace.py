"""The program as a fix has to see it: with everything that may call a function it changes."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply.strangers import may_mean, words_of
from flake8_bgtasks.fixes.supply.syntax import Syntax
from flake8_bgtasks.project.exclude import DEFAULT_EXCLUDE, Exclude
from flake8_bgtasks.project.repository import ignores_above
from flake8_bgtasks.project.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flake8_bgtasks.project.outline import Outline
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

DYNAMIC = frozenset({"getattr", "methodcaller", "attrgetter"})
"""Functions that get at others by name."""


class Workspace:
    """A program that grows by the statements that name what a fix asks about."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.syntax = Syntax(program.files)
        self._known: set[str] = set()
        self._contents: dict[str, bytes] = {}
        self._words: dict[str, set[str]] = {}
        self._found: dict[tuple[bytes, ...], bool] = {}
        self.unread: dict[str, set[str]] = {}

    def content(self, path: str) -> bytes:
        """Return the bytes of a file; each is read once, as every fix looks at all of them."""
        if path not in self._contents:
            self._contents[path] = self.program.files.content(path)
        return self._contents[path]

    def has(self, path: str, names: Collection[str]) -> bool:
        """Return whether one of some names stands in a file."""
        data = self.content(path)
        if not any(name.encode() in data for name in names):
            return False
        return not self._words_in(path).isdisjoint(names)

    def _words_in(self, path: str) -> set[str]:
        if path not in self._words:
            self._words[path] = words_of(self.content(path))
        return self._words[path]

    def any_has(self, *words: bytes) -> bool:
        """Return whether one of the words stands anywhere in the project."""
        if words not in self._found:
            contents = [self.content(path) for path in self.program.all_paths]
            self._found[words] = any(word in data for data in contents for word in words)
        return self._found[words]

    def know(self, names: Collection[str], homes: Collection[str] = ()) -> bool:
        """Track every statement that has one of the names in it; return whether there were any.

        `homes` are names of modules and classes: what gets at their members by name is tracked too.
        """
        new = {name for name in names if name not in self._known}
        if not new:
            return False
        self._known |= new
        tracked = frozenset(self.program.tracked)
        found: dict[str, set[int]] = {}
        for path in sorted(self.program.all_paths):
            for index in self._naming(path, new, set(homes)):
                if (path, index) not in tracked:
                    found.setdefault(path, set()).add(index)
        if found:
            self.program = self.program.widened(found)
        return bool(found)

    def _naming(self, path: str, names: set[str], homes: set[str]) -> Iterator[int]:
        """Yield the statements of a file that have a name in them, or what it is imported as."""
        data = self.content(path)
        if not any(name.encode() in data for name in (*names, *homes)):
            return
        words = self._words_in(path)
        dynamic = not words.isdisjoint(DYNAMIC) and not words.isdisjoint(homes)
        if words.isdisjoint(names) and not dynamic:
            return
        outline = self.program.files.outline(path)
        if outline is None:
            for name in words & names:
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

    def stranger(self, names: Collection[str], *, member: bool) -> str | None:
        """Return a file that isn't known and may mean what goes by one of the names.

        It is excluded from the checks; `unread` files are those that can't be parsed.
        """
        modules = self._modules(names)
        for path in self._outside:
            if may_mean(self.content(path), names, modules, member=member):
                return path
        return None

    def is_meant(self, path: str, names: Collection[str], *, member: bool) -> bool:
        """Return whether a file that can't be parsed may mean what goes by one of the names."""
        return may_mean(self.content(path), names, self._modules(names), member=member)

    def _modules(self, names: Collection[str]) -> set[str]:
        """Return the names of the modules that hold one of the names, or may."""
        held = [name.encode() for name in names] + [b"import *"]
        return {
            path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
            for path in self.program.all_paths
            if any(word in self.content(path) for word in held)
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
