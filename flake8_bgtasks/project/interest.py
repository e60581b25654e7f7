"""Which files and statements of a project can matter.

A file matters when it names FastAPI's or Starlette's task classes, adds tasks to something, or
imports a name whose definition matters; what is defined by a statement that matters, matters. A
name counts only where it is imported, never bare: common names would pull in half the project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.project.names import Defined, Outside, ProjectModule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.names import Names, Targets
    from flake8_bgtasks.project.outline import Import, Outline

_CLASS = b"BackgroundTask"
_CLASSES = frozenset({"BackgroundTask", "BackgroundTasks"})
_ADDS = re.compile(rb"(?:background|bg|tasks?)\w*\s*\.\s*add_task\b", re.IGNORECASE)
_ADDS_TEXT = re.compile(_ADDS.pattern.decode(), re.IGNORECASE)
_WORD = re.compile(rb"\w+")


@dataclass
class Interest:
    """`relevant` maps files to the indices of their statements that matter."""

    relevant: dict[str, set[int]] = field(default_factory=dict)
    uses_fastapi: bool = False


def find_interest(paths: Iterable[str], files: Files, names: Names) -> Interest:
    """Read every file once, and the import lines of the rest as long as something is added."""
    return _Search(paths, files, names).run()


class _Search:
    def __init__(self, paths: Iterable[str], files: Files, names: Names) -> None:
        self._paths = sorted(paths)
        self._files = files
        self._names = names
        self._found = Interest()
        self._imports: dict[str, tuple[bytes, frozenset[bytes]]] = {}
        self._interesting: dict[str, set[str]] = {}

    def run(self) -> Interest:
        seeds = [path for path in self._paths if _is_seed(self._files.content(path))]
        fresh = seeds
        while fresh:
            self._settle(fresh)
            fresh = list(self._importers())
        return self._found

    def _settle(self, fresh: Iterable[str]) -> None:
        """Add files, and grow inside the files that are known until nothing is added."""
        for path in fresh:
            self._found.relevant.setdefault(path, set())
        while True:
            before = self._size()
            for path in sorted(self._found.relevant):
                self._grow(path)
            if self._size() == before:
                return

    def _size(self) -> int:
        return sum(map(len, self._interesting.values()))

    def _grow(self, path: str) -> None:
        outline = self._files.outline(path)
        if outline is None:
            return
        local = set(self._local_names(outline))
        relevant = self._found.relevant[path]
        own = self._interesting.setdefault(path, set())
        pending = [s for s in outline.statements if s.index not in relevant]
        grown = True
        while grown:
            grown = False
            for statement in [s for s in pending if s.index not in relevant]:
                words = outline.identifiers[statement.index]
                if not words.isdisjoint(local | own) or _adds_tasks(outline, statement.index, words):
                    relevant.add(statement.index)
                    own.update(statement.binds)
                    grown = True

    def _local_names(self, outline: Outline) -> Iterator[str]:
        """Yield the names in a module that stand for something interesting; re-exports count as its own."""
        yield from _CLASSES
        for item in outline.imports:
            if item.name == "*":
                yield from self._starred(outline.path, item)
            elif self._matters(outline, item, self._names.imported(outline.path, item)):
                self._interesting.setdefault(outline.path, set()).add(item.bound)
                yield item.bound

    def _starred(self, path: str, item: Import) -> Iterator[str]:
        source = self._names.module(path, item.module, item.level)
        if isinstance(source, ProjectModule):
            for name in self._interesting.get(source.path, ()):
                if name.isidentifier() and self._names.lookup(path, name):
                    self._interesting.setdefault(path, set()).add(name)
                    yield name

    def _matters(self, outline: Outline, item: Import, targets: Targets) -> bool:
        return any(self._target_matters(outline, target) for target in targets)

    def _target_matters(self, outline: Outline, target: object) -> bool:
        if isinstance(target, Defined):
            return target.name in self._interesting.get(target.path, ())
        if isinstance(target, ProjectModule):
            return self._reaches_into(outline, target.path)
        return isinstance(target, Outside) and target.dotted.rpartition(".")[2] in _CLASSES

    def _reaches_into(self, outline: Outline, module: str) -> bool:
        """Return whether a file that imports a module (or a package above it) uses what matters in it."""
        below = module.removesuffix("__init__.py")
        wanted = {
            name
            for path, names in self._interesting.items()
            if path == module or (below.endswith("/") and path.startswith(below))
            for name in names
        }
        return any(not words.isdisjoint(wanted) for words in outline.identifiers)

    def _importers(self) -> Iterator[str]:
        """Yield the files that import something interesting and aren't known to matter yet."""
        words = {name.encode() for names in self._interesting.values() for name in names}
        words |= {_last(path).encode() for path, names in self._interesting.items() if names}
        for path in self._paths:
            if path in self._found.relevant:
                continue
            text, seen = self._import_lines(path)
            if not seen.isdisjoint(words) and self._imports_interest(path, text):
                yield path

    def _import_lines(self, path: str) -> tuple[bytes, frozenset[bytes]]:
        if path not in self._imports:
            text = b"\n".join(import_statements(self._files.content(path)))
            self._imports[path] = (text, frozenset(_WORD.findall(text)))
        return self._imports[path]

    def _imports_interest(self, path: str, text: bytes) -> bool:
        from flake8_bgtasks.project.outline import outline

        try:
            imports = outline(path, text.decode(errors="replace")).imports
        except (SyntaxError, ValueError, RecursionError):
            return True
        for item in imports:
            if item.name == "*":
                source = self._names.module(path, item.module, item.level)
                if isinstance(source, ProjectModule) and self._interesting.get(source.path):
                    return True
                continue
            for target in self._names.imported(path, item):
                if isinstance(target, ProjectModule):
                    whole = self._files.outline(path)
                    if whole is not None and self._target_matters(whole, target):
                        return True
                elif self._target_matters(_NONE, target):
                    return True
        return False


_NONE: Outline = None  # type: ignore[assignment]


def _is_seed(data: bytes) -> bool:
    return _CLASS in data or (b"add_task" in data and _ADDS.search(data) is not None)


def _adds_tasks(outline: Outline, index: int, words: frozenset[str]) -> bool:
    if "add_task" not in words:
        return False
    return _ADDS_TEXT.search(outline.source_of(outline.statements[index])) is not None


def _last(path: str) -> str:
    """Return the last component of the module's name."""
    stem = path.removesuffix("/").removesuffix("/__init__.py").removesuffix(".py")
    return stem.rpartition("/")[2]


def import_statements(data: bytes) -> Iterator[bytes]:
    """Yield the import statements of a source (and lines that look like one), not indented."""
    at = data.find(b"import ")
    while at >= 0:
        start = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
        end = _end_of_line(data, at)
        line = data[start:end].strip()
        if line.startswith((b"import ", b"from ")):
            while line.endswith(b"\\") or (b"(" in line and b")" not in line.partition(b"#")[0]):
                following = _end_of_line(data, end + 1)
                if following <= end:
                    break
                piece = data[end + 1 : following].partition(b"#")[0].strip()
                line = line.partition(b"#")[0].rstrip().removesuffix(b"\\") + b" " + piece
                end = following
            yield line
        at = data.find(b"import ", max(end, at + 1))


def _end_of_line(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end



def imports_package(data: bytes, package: bytes) -> bool:
    """Return whether a source imports a package or something from it."""
    if package not in data:
        return False
    pattern = rb"(?:from|import)\s+(?:[\w.]+\s*,\s*)*" + package + rb"\b"
    return any(re.match(pattern, statement) for statement in import_statements(data))
