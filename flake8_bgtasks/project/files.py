"""The bytes and outlines of a project's files, read once each."""

from __future__ import annotations

import os
import stat

from flake8_bgtasks.project.source import (
    MAX_READ,
    MAX_SIZE,
    READ_FLAGS,
    TOO_LARGE,
    BadSource,
    decode,
    parse_failure,
    read,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from re import Pattern
    from typing import Any

    from flake8_bgtasks.project.outline import Outline

    State = tuple[int, int, int, int]
    Seen = dict[str, Any]


KEPT = 16_000_000
"""So many bytes are kept of files that are searched for one text after the other."""


def state_of(status: os.stat_result) -> State:
    """Return what changes whenever a file does; its size comes first."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Files:
    """Reads files below `root`; `overlays` stands for the content of some of them.

    `states` tell what files were when they were first read; `consulted` are the files that
    were more than glanced at, as all are in whose imports a word stands that was `looked_for`, or
    that have a text that was `asked_for`, though of some no more than the imports (`imports_read`);
    `bad` collects the files that could not be read, decoded or parsed, `failed` those that the
    tracker failed on.
    """

    def __init__(self, root: str | Path, overlays: Mapping[str, bytes]) -> None:
        self._root = f"{root}{os.sep}"
        self._overlays = overlays
        self._outlines: dict[str, Outline | None] = {}
        self._surfaces: dict[str, Outline | None] = {}
        self._shared: dict[str, str] = {}
        self._imports: dict[str, bytes] = {}
        self._kept: dict[str, bytes] = {}
        self._room = KEPT
        self.states: dict[str, State] = {}
        self.consulted: set[str] = set()
        self.imports_read: set[str] = set()
        self.looked_for: frozenset[bytes] = frozenset()
        self.asked_for: set[bytes] = set()
        self.bad: dict[str, BadSource] = {}
        self.failed: dict[str, Exception] = {}

    @property
    def outlines(self) -> Mapping[str, Outline | None]:
        """The outlines of modules that were asked for."""
        return self._outlines

    @property
    def surfaces(self) -> Mapping[str, Outline | None]:
        """Those of modules that nobody had parsed when they were asked for."""
        return self._surfaces

    @property
    def parsed(self) -> int:
        """How many files were parsed."""
        return len(self._outlines)

    def absolute(self, path: str) -> str:
        """Return where a file is on disk."""
        return self._root + path

    def content(self, path: str) -> bytes:
        """Return the bytes of a file, none for one that can't be read."""
        self.consulted.add(path)
        return self.glance(path)

    def glance(self, path: str) -> bytes:
        """Return the same, to see whether the file matters at all: by its words, or its imports."""
        known = self._overlays.get(path, self._kept.get(path))
        if known is not None:
            return known
        try:
            return self._quick(path)
        except (OSError, ValueError):
            return self._careful(path)

    def has(self, path: str, text: Pattern[bytes]) -> bool:
        """Return whether a file has a text (a pattern without flags of its own)."""
        self.asked_for.add(text.pattern)
        data = self.glance(path)
        found = text.search(data) is not None
        if path not in self._kept and len(data) <= self._room:
            self._kept[path] = data
            self._room -= len(data)
        if found:
            self.consulted.add(path)
        return found

    def imports(self, path: str) -> bytes:
        """Return the import statements of a file, one a line, to see whether they matter."""
        if path not in self._imports:
            from flake8_bgtasks.project.imports import import_statements

            self._imports[path] = b"\n".join(import_statements(self.glance(path)))
        return self._imports[path]

    def copy(self) -> Files:
        """Return the same, which does not take part in what is read from now on."""
        copied = Files(self._root.removesuffix(os.sep), self._overlays)
        for name, value in vars(self).items():
            setattr(copied, name, value.copy() if isinstance(value, (dict, set)) else value)
        return copied

    def holds(self, overlays: Mapping[str, bytes]) -> bool:
        """Return whether what overlays stand for is on disk by now, or in other overlays."""
        for path, content in self._overlays.items():
            known = overlays.get(path)
            try:
                if content != (self._quick(path) if known is None else known):
                    return False
            except (OSError, ValueError):
                return False
        return True

    def seen(self) -> Seen:
        """Return what was read, but for outlines, in the terms of JSON."""
        return {
            "states": self.states,
            "consulted": self.consulted,
            "imports": {path: text.decode("latin-1") for path, text in self._imports.items()},
            "imports_read": self.imports_read,
            "looked_for": {word.decode("latin-1") for word in self.looked_for},
            "bad": {path: [b.message, b.line, b.column] for path, b in self.bad.items()},
        }

    def see(self, seen: Seen) -> None:
        """Take for one's own what another process has read."""
        self.states.update((path, tuple(found)) for path, found in seen["states"].items())
        self.consulted.update(seen["consulted"])
        self._imports |= {path: text.encode("latin-1") for path, text in seen["imports"].items()}
        self.imports_read.update(seen["imports_read"])
        self.looked_for |= {word.encode("latin-1") for word in seen["looked_for"]}
        self.bad |= {path: BadSource(*reason) for path, reason in seen["bad"].items()}

    def asked(self) -> Seen:
        """Return what was read beyond a glance, in the terms of JSON."""
        return {
            "consulted": sorted(self.consulted),
            "imports_read": sorted(self.imports_read),
            "asked_for": [pattern.decode("latin-1") for pattern in sorted(self.asked_for)],
            "outlines": [*self._outlines],
        }

    def ask(self, asked: Seen) -> None:
        """Take over what another process has read, which has met nothing that is broken."""
        self.consulted.update(asked["consulted"])
        self.imports_read.update(asked["imports_read"])
        self.asked_for.update(text.encode("latin-1") for text in asked["asked_for"])
        for path in asked["outlines"]:
            self.outline(path)

    def _quick(self, path: str) -> bytes:
        """Read a file with three system calls: most files are read only to be passed over."""
        descriptor = os.open(self._root + path, READ_FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_READ:
                raise OSError(path)
            data = os.read(descriptor, status.st_size + 1)
            if len(data) != status.st_size:
                raise OSError(path)
            if path not in self.states:
                self.states[path] = state_of(status)
            return data
        finally:
            os.close(descriptor)

    def _careful(self, path: str) -> bytes:
        try:
            return read(self._root + path)
        except BadSource as reason:
            self.bad[path] = reason
            return b""

    def size(self, paths: Iterable[str]) -> int:
        """Return how many bytes the files have that are not parsed yet, and can be."""
        new = (p for p in paths if p not in self._outlines and p not in self.bad)
        return sum(map(self._size, new))

    def _size(self, path: str) -> int:
        overlay, state = self._overlays.get(path), self.states.get(path)
        if overlay is not None:
            return len(overlay)
        try:
            return state[0] if state else os.stat(self._root + path).st_size
        except (OSError, ValueError):
            return 0

    def outline(self, path: str) -> Outline | None:
        """Return the outline of a module, None where it has none (a folder, a broken file)."""
        if path not in self._outlines:
            if path.endswith("/"):
                return None
            from flake8_bgtasks.project.outline import outline

            self._outlines[path] = self._parse(path, outline)
        return self._outlines[path]

    def surface(self, path: str) -> Outline | None:
        """Return the outline of a module; one that nobody has parsed yet is not parsed whole."""
        if path in self._outlines or path.endswith("/"):
            return self.outline(path)
        if path not in self._surfaces:
            self._surfaces[path] = self._parse(path, self._surface)
        return self._surfaces[path]

    def _surface(self, path: str, source: str) -> Outline:
        from flake8_bgtasks.project.outline import surface
        from flake8_bgtasks.project.sharing import ChangedError, from_text

        text = self._shared.pop(path, None)
        if text is not None:
            try:
                return from_text(path, source, text)
            except ChangedError:
                pass
        return surface(path, source)

    def share_surface(self, path: str, text: str) -> None:
        """Take over what another process made of a module, see `sharing`."""
        self._shared[path] = text

    def share_outline(self, path: str, text: str) -> None:
        """Take over the outline of a module. Raises ChangedError if it is another one's by now."""
        from flake8_bgtasks.project.sharing import ChangedError, from_text

        found = self._parse(path, lambda path, source: from_text(path, source, text))
        if found is None:
            raise ChangedError(path)
        self._outlines[path] = found

    def _parse(self, path: str, parse: Callable[[str, str], Outline]) -> Outline | None:
        data = self.content(path)
        if len(data) > MAX_SIZE:
            self.bad[path] = BadSource(TOO_LARGE)
        if path in self.bad:
            return None
        try:
            return parse(path, decode(data))
        except BadSource as reason:
            self.bad[path] = reason
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.bad[path] = parse_failure(error)
        return None
