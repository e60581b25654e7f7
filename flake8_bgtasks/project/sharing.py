"""What one process has read of a project's files, told to another one in the terms of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.outline import Import, Outline, Statement, split_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flake8_bgtasks.aside import Talk
    from flake8_bgtasks.project.files import Files

Key = TypeVar("Key", str, int)


class ChangedError(Exception):
    """A file is not what it was when the other process read it."""


class Sharing:
    """Tells another process what is new in `files` since it was told last."""

    def __init__(self, files: Files, talk: Talk) -> None:
        self._files = files
        self._talk = talk
        self._told: dict[str, set[Any]] = {}

    def tell_outline(self, path: str) -> None:
        """Tell the outline of a module, if it has one and it wasn't told before."""
        outline = self._files.outline(path)
        if outline is not None and self._new("outline", [path]):
            self._talk.say(["outline", path, as_text(outline)])

    def tell_statements(self, path: str, indices: Collection[int]) -> None:
        """Tell which statements of a module matter."""
        new = self._new(f"statements of {path}", indices)
        if new:
            self._talk.say(["matter", path, sorted(new)])

    def tell_all(self) -> None:
        """Tell everything that was read."""
        for path in self._files.outlines:
            self.tell_outline(path)
        for path, surface in self._files.surfaces.items():
            if surface is not None and self._new("surface", [path]):
                self._talk.say(["surface", path, as_text(surface)])
        parts = self._files.seen()
        self._talk.say(["seen", {name: self._new_of(name, parts[name]) for name in parts}])

    def _new_of(self, name: str, part: Mapping[str, Any] | set[str]) -> object:
        new = sorted(self._new(name, part))
        return new if isinstance(part, set) else {key: part[key] for key in new}

    def _new(self, name: str, keys: Collection[Key]) -> set[Key]:
        told = self._told.setdefault(name, set())
        new = set(keys) - told
        told |= new
        return new


def as_text(outline: Outline) -> str:
    """Return an outline without its source, of which only a hash is in it.

    That is one of this process and of those that it forks.
    """
    statements = [[s.first, s.last, s.binds, s.defines] for s in outline.statements]
    exported = None if outline.exported is None else sorted(outline.exported)
    source = hash("".join(outline.lines))
    return json.dumps([source, statements, outline.imports, exported, outline.postponed])


def from_text(path: str, source: str, text: str) -> Outline:
    """Return the outline of a module with a source. Raises ChangedError if it is another one's."""
    known, statements, imports, exported, postponed = json.loads(text)
    if known != hash(source):
        raise ChangedError(path)
    return Outline(
        path=path,
        lines=split_lines(source),
        statements=tuple(
            Statement(index, first, last, (), tuple(binds), defines)
            for index, (first, last, binds, defines) in enumerate(statements)
        ),
        imports=tuple(Import(*item)._replace(span=Span(*item[4])) for item in imports),
        exported=None if exported is None else frozenset(exported),
        postponed=postponed,
    )
