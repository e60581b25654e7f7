"""Which files and statements of a project can matter.

A file matters when it names FastAPI's or Starlette's task classes, adds tasks to something, or
imports a name that matters (see `exports`). A name counts only where it is imported, never bare:
common names would pull in half the project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.project.exports import Kinds, exports
from flake8_bgtasks.project.imports import import_statements, imports_package
from flake8_bgtasks.project.names import ProjectModule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.project.outline import Import, Outline, Statement

_CLASS = b"BackgroundTask"
_CLASSES: Mapping[str, Kinds] = {
    "BackgroundTask": frozenset({"single"}),
    "BackgroundTasks": frozenset({"type"}),
}
_TRACED: Kinds = frozenset({"traced"})
_ADDER: Kinds = frozenset({"adder"})
_NONE: Kinds = frozenset()
_ADDS = re.compile(rb"(?:background|bg|tasks?)\w*\s*\.\s*add_task\b", re.IGNORECASE)
_ADDS_TEXT = re.compile(_ADDS.pattern.decode(), re.IGNORECASE)
_WORD = re.compile(rb"\w+")
_REGISTERS = re.compile(
    r"\b(?:Depends|Security|dependencies|add_\w*route|add_\w*handler|add_middleware|Route|WebSocketRoute"
    r"|lifespan|on_startup|on_shutdown|exception_handlers)\b"
)
FEW = 24
"""So many words are found faster in a whole file than its import statements are cut out."""

ENOUGH = 4
"""So many statements that hand the same function to the framework tell what there is to know."""


@dataclass
class Interest:
    """`relevant` maps files to the indices of their statements that matter."""

    relevant: dict[str, set[int]] = field(default_factory=dict)


def find_interest(
    paths: Iterable[str],
    files: Files,
    names: Names,
    traced: Iterable[tuple[str, str]] = (),
) -> Interest:
    """Read every file once, and the import lines of the rest as long as something is added.

    `traced` are modules and names whose callers are wanted too, and the callers of those.
    """
    return _Search(paths, files, names, traced).run()


class _Search:
    def __init__(
        self,
        paths: Iterable[str],
        files: Files,
        names: Names,
        traced: Iterable[tuple[str, str]],
    ) -> None:
        self._paths = sorted(paths)
        self._files = files
        self._names = names
        self._found = Interest()
        self._imports: dict[str, frozenset[bytes]] = {}
        self._exports: dict[str, dict[str, Kinds]] = {}
        self._registered: dict[str, int] = {}
        self._settled: dict[tuple[str, int], tuple[frozenset[tuple[str, Kinds]], Kinds]] = {}
        for path, name in traced:
            self._exports.setdefault(path, {})[name] = _TRACED

    def run(self) -> Interest:
        fresh = [path for path in self._paths if _is_seed(self._files.content(path))]
        while fresh:
            self._settle(fresh)
            fresh = list(self._importers())
        return self._found

    def _settle(self, fresh: Iterable[str]) -> None:
        """Add files, and grow inside the files that are known until nothing is added."""
        for path in fresh:
            self._found.relevant.setdefault(path, set())
        grown = True
        while grown:
            grown = sum(self._grow(path) for path in sorted(self._found.relevant)) > 0

    def _grow(self, path: str) -> bool:
        """Settle one file; return whether it exports anything new."""
        outline = self._files.outline(path)
        if outline is None:
            return False
        own = self._exports.setdefault(path, {})
        before = dict(own)
        known = {**self._imported(outline), **own}
        pending = True
        while pending:
            pending = False
            for statement in outline.statements:
                words = outline.identifiers[statement.index]
                if not self._statement_matters(outline, statement.index, words, known):
                    continue
                self._found.relevant[path].add(statement.index)
                kinds = self._exported_by(outline, statement, words, known)
                for name in statement.binds if kinds else ():
                    if not kinds <= own.get(name, _NONE):
                        own[name] = own.get(name, _NONE) | kinds
                        known[name] = known.get(name, _NONE) | kinds
                        pending = True
        return own != before

    def _exported_by(
        self,
        outline: Outline,
        statement: Statement,
        words: frozenset[str],
        known: Mapping[str, Kinds],
    ) -> Kinds:
        """Return what a statement exports, computed again only when it may have changed."""
        key = (outline.path, statement.index)
        seen = frozenset((name, known[name]) for name in _named(words, known))
        if self._settled.get(key, (None, _NONE))[0] != seen:
            self._settled[key] = (seen, exports(outline, statement, known))
        return self._settled[key][1]

    def _statement_matters(
        self, outline: Outline, index: int, words: frozenset[str], known: Mapping[str, Kinds]
    ) -> bool:
        """Return whether a statement names something that matters, or adds tasks."""
        if index in self._found.relevant[outline.path]:
            return True
        named = _named(words, known)
        if any(known[name] != _ADDER for name in named) or _adds_tasks(outline, index, words):
            return True
        source = outline.source_of(outline.statements[index])
        wanted = [name for name in named if self._is_wanted(name, source)]
        if not wanted or not _may_register(source, wanted):
            return False
        for name in wanted:
            self._registered[name] = self._registered.get(name, 0) + 1
        return True

    def _is_wanted(self, name: str, source: str) -> bool:
        """Return whether it may still change anything to know who else registers a function."""
        return self._registered.get(name, 0) < ENOUGH or "websocket" in source.lower()

    def _imported(self, outline: Outline) -> dict[str, Kinds]:
        """Return the imported names that matter; those at top level are exports of this module."""
        found: dict[str, Kinds] = {}
        own = self._exports.setdefault(outline.path, {})
        for item in outline.imports:
            for name, kinds in self._kinds(outline, item).items():
                found[name] = found.get(name, _NONE) | kinds
                if item.at_top and name.isidentifier():
                    own[name] = own.get(name, _NONE) | kinds
        return found

    def _kinds(self, outline: Outline, item: Import) -> Mapping[str, Kinds]:
        """Return the names that an import makes matter in a module."""
        if item.name == "*":
            source = self._names.module(outline.path, item.module, item.level)
            inside = isinstance(source, ProjectModule) and self._exports.get(source.path)
            return inside or {}
        module = self._names.module(outline.path, item.module, item.level)
        if not isinstance(module, ProjectModule):
            return _framework(item)
        kinds = self._exported(outline.path, item)
        if kinds:
            return {item.bound: kinds}
        whole = self._whole_module(outline.path, item)
        return self._members(outline, item.bound, whole) if whole else {}

    def _exported(self, path: str, item: Import) -> Kinds:
        """Return as what the name of a `from` import matters.

        No other module is parsed for it: one that re-exports what matters has it in its exports.
        """
        if item.name is None:
            return _NONE
        module = self._names.module(path, item.module, item.level)
        inside = self._exports.get(module.path) if isinstance(module, ProjectModule) else None
        return inside.get(item.name, _NONE) if inside else _NONE

    def _whole_module(self, path: str, item: Import) -> str | None:
        """Return the module that an import binds as a whole, None where it binds something else."""
        find = self._names.imported_module if item.name is None else self._names.submodule
        module = find(path, item)
        return module.path if isinstance(module, ProjectModule) else None

    def _members(self, outline: Outline, bound: str, module: str) -> dict[str, Kinds]:
        """Return what a file uses of a module that it imports whole, as `bound.….name`."""
        package = module.removesuffix("__init__.py")
        inside: dict[str, Kinds] = {}
        for path, names in self._exports.items():
            if path == module or (package.endswith("/") and path.startswith(package)):
                inside.update(names)
        if not inside:
            return {}
        used = re.findall(rf"\b{re.escape(bound)}((?:\s*\.\s*\w+)+)", "".join(outline.lines))
        words = {word.strip() for chain in used for word in chain.split(".")}
        return {f"{bound}.{name}": kinds for name, kinds in inside.items() if name in words}

    def _importers(self) -> Iterator[str]:
        """Yield the files that import something that matters and aren't known to matter yet."""
        names = {name.encode() for names in self._exports.values() for name in names}
        modules = {_last(path).encode() for path, names in self._exports.items() if names}
        words = frozenset(names | modules)
        for path in self._paths:
            candidate = path not in self._found.relevant and self._may_import(path, words)
            if candidate and self._imports_interest(path):
                yield path

    def _may_import(self, path: str, words: frozenset[bytes]) -> bool:
        """Return whether an import of a file has one of the words; few are looked for directly."""
        if len(words) <= FEW and path not in self._imports:
            data = self._files.content(path)
            if not any(word in data for word in words):
                return False
        return not self._import_words(path).isdisjoint(words)

    def _import_words(self, path: str) -> frozenset[bytes]:
        if path not in self._imports:
            text = b"\n".join(import_statements(self._files.content(path)))
            self._imports[path] = frozenset(_WORD.findall(text))
        return self._imports[path]

    def _imports_interest(self, path: str) -> bool:
        """Return whether the imports of a file really lead to something that matters."""
        from flake8_bgtasks.project.outline import outline

        data = self._files.content(path)
        try:
            text = b"\n".join(import_statements(data)).decode(errors="replace")
            imports = outline(path, text).imports
        except (SyntaxError, ValueError, RecursionError):
            return True
        return any(self._leads_to_interest(path, data, item) for item in imports)

    def _leads_to_interest(self, path: str, data: bytes, item: Import) -> bool:
        if item.name == "*":
            source = self._names.module(path, item.module, item.level)
            return isinstance(source, ProjectModule) and bool(self._exports.get(source.path))
        kinds = self._exported(path, item)
        if kinds:
            if kinds != _ADDER:
                return True
            text = data.decode(errors="replace")
            return self._is_wanted(item.bound, text) and _may_register(text, [item.bound])
        module = self._whole_module(path, item)
        return module is not None and self._uses_member(data, item.bound.encode(), module)

    def _uses_member(self, data: bytes, bound: bytes, module: str) -> bool:
        package = module.removesuffix("__init__.py")
        wanted = {
            name.encode()
            for path, names in self._exports.items()
            if path == module or (package.endswith("/") and path.startswith(package))
            for name in names
        }
        if not wanted:
            return False
        chains = re.findall(rb"\b" + re.escape(bound) + rb"((?:\s*\.\s*\w+)+)", data)
        return any(not wanted.isdisjoint(_WORD.findall(chain)) for chain in chains)


def _is_seed(data: bytes) -> bool:
    if _CLASS in data and any(imports_package(data, name) for name in (b"fastapi", b"starlette")):
        return True
    return b"add_task" in data and _ADDS.search(data) is not None


def _framework(item: Import) -> Mapping[str, Kinds]:
    """Return the classes of FastAPI or Starlette that an import brings, alone or in a module."""
    if item.module.partition(".")[0] not in ("fastapi", "starlette"):
        return {}
    if item.name is not None and item.name in _CLASSES:
        return {item.bound: _CLASSES[item.name]}
    if item.name == "*":
        return _CLASSES
    return {f"{item.bound}.{name}": kinds for name, kinds in _CLASSES.items()}


def _named(words: frozenset[str], known: Mapping[str, Kinds]) -> list[str]:
    """Return the keys of `known` whose words all stand in a statement."""
    plain = words & known.keys()
    dotted = [key for key in known if "." in key and words.issuperset(key.split("."))]
    return sorted([*plain, *dotted])


def _may_register(source: str, names: Iterable[str]) -> bool:
    """Return whether code seems to hand one of the functions `names` on, or to decorate with it."""
    if _REGISTERS.search(source):
        return True
    last = "|".join(name.rpartition(".")[2] for name in names)
    pattern = rf"=\s*(?:\w+\.)*(?:{last})\s*[,)]|^[ \t]*@(?:\w+\.)*(?:{last})\b"
    return re.search(pattern, source, re.MULTILINE) is not None


def _adds_tasks(outline: Outline, index: int, words: frozenset[str]) -> bool:
    if "add_task" not in words:
        return False
    return _ADDS_TEXT.search(outline.source_of(outline.statements[index])) is not None


def _last(path: str) -> str:
    """Return the last component of the module's name."""
    stem = path.removesuffix("/").removesuffix("/__init__.py").removesuffix(".py")
    return stem.rpartition("/")[2]
