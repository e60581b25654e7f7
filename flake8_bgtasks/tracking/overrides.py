"""The methods that override others in classes which the linker has not seen."""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking.things import UNKNOWN, Class, Instance, Method, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

_CLASS = re.compile(rb"class\s+(\w+)\s*\(([^)]{0,1000})\)")
_DERIVES = rb"\bclass\s+\w+\s*\([^)]{0,1000}\b%b\b"
_WORD = re.compile(rb"\w+")


class _Derived(NamedTuple):
    """A class with bases: its file, name, and where in the file its body begins."""

    path: str
    name: bytes
    indent: bytes
    start: int


class Overrides:
    """Searches the text of the whole project: most classes stand in files that don't matter."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def unseen(self, function: ScopeRef) -> tuple[ScopeRef, ...] | None:
        """Return what overrides a method in classes that nobody looked at; None if unsure."""
        owner = self._program.evaluator.classes.class_of(function)
        if owner is None:
            return ()
        name = self._program.units.scope(function).name
        found: list[ScopeRef] = []
        for cls in self._unseen_below(owner, name):
            ask = partial(self._overriding, cls, owner, name)
            methods = self._program.evaluator.deeply(ask)
            if methods is None:
                return None
            found.extend(methods)
        return tuple(found)

    def may_define(self, cls: ScopeRef, name: str) -> bool:
        """Return whether a class below that nobody looked at seems to define a method."""
        return bool(self._unseen_below(cls, name))

    def _unseen_below(self, owner: ScopeRef, name: str) -> list[_Derived]:
        units = self._program.units
        subclasses = self._program.evaluator.classes.subclasses.get(owner, ())
        seen = {(ref.path, units.scope(ref).name.encode()) for ref in subclasses}
        method = re.compile(rb"\bdef\s+" + name.encode() + rb"\b")
        below = sorted(self._below(units.scope(owner).name.encode()))
        unseen = [cls for cls in below if (cls.path, cls.name) not in seen]
        return [cls for cls in unseen if method.search(self._body(cls)) is not None]

    def _overriding(self, cls: _Derived, owner: ScopeRef, name: str) -> list[ScopeRef] | None:
        """Return the method of a class, none if it does not derive from `owner` after all."""
        evaluator = self._program.evaluator
        targets = evaluator.names.lookup(cls.path, cls.name.decode())
        found: list[ScopeRef] = []
        for thing in evaluator.targets(targets):
            order = evaluator.classes.order(thing.ref) if isinstance(thing, Class) else UNKNOWN
            if Class(owner) in order and isinstance(thing, Class):
                methods = evaluator.attribute(Instance(thing, exact=True), name)
                found += [m.function for m in methods if isinstance(m, Method)]
                if len(found) < len(methods):
                    return None
            elif Unknown() in order:
                return None
        return found

    def _body(self, cls: _Derived) -> bytes:
        data = self._program.files.content(cls.path)
        end = re.compile(rb"^(?!" + cls.indent + rb"[ \t])[ \t]*[\w@]", re.MULTILINE)
        found = end.search(data, cls.start)
        return data[cls.start : found.start() if found else len(data)]

    def _below(self, base: bytes) -> set[_Derived]:
        """Return the classes that seem to derive from a class, at any depth."""
        found: set[_Derived] = set()
        pending = [base]
        while pending:
            name = pending.pop()
            self._ask_for(name)
            for cls in self._derived.get(name, ()):
                if cls not in found:
                    found.add(cls)
                    pending.append(cls.name)
        return found

    def _ask_for(self, base: bytes) -> None:
        """Note that the result depends on who derives from a class."""
        self._program.files.asked_for.add(_DERIVES % base)

    @cached_property
    def _derived(self) -> dict[bytes, list[_Derived]]:
        """The classes below each name that stands among their bases."""
        found: dict[bytes, list[_Derived]] = {}
        for path in self._program.all_paths:
            if not self._program.is_test(path):
                for indent, match in _classes(self._program.files.glance(path)):
                    derived = _Derived(path, match[1], indent, match.end())
                    for base in _WORD.findall(match[2]):
                        found.setdefault(base, []).append(derived)
        return found


def _classes(data: bytes) -> Iterator[tuple[bytes, re.Match[bytes]]]:
    """Yield the classes with bases, and how far each is indented.

    To look for the word first is many times faster than to ask at every line.
    """
    before, start = 0, data.find(b"class")
    while start >= 0:
        newline = data.rfind(b"\n", before, start)
        indent = data[newline + 1 : start] if newline >= 0 or before == 0 else b"-"
        match = None if indent.strip(b" \t") else _CLASS.match(data, start)
        if match is not None:
            yield indent, match
        before = start + 5 if match is None else match.end()
        start = data.find(b"class", before)
