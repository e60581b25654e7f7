"""Which names modules offer to their importers: their own, and what they import themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.project.names import Outside, ProjectModule
from flake8_bgtasks.project.seeds import FRAMEWORKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from flake8_bgtasks.project.exports import Kinds
    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.project.outline import Import

_CLASSES: Mapping[str, Kinds] = {
    "BackgroundTask": frozenset({"single"}),
    "BackgroundTasks": frozenset({"type"}),
}
_HOLDERS = {*FRAMEWORKS, *(f"{name}.background" for name in FRAMEWORKS), "starlette.responses"}
FEW = 24
"""So many words are found faster one by one than all words of the imports are told apart."""

_NONE: Kinds = frozenset()
_NOTHING: Mapping[str, Kinds] = {}


class Resolved(NamedTuple):
    """An import, the module that it names, and the one that it is sure to bind as a whole."""

    item: Import
    source: ProjectModule | Outside
    whole: ProjectModule | Outside | None


class Wanted(NamedTuple):
    """Words in import statements that may bring what is offered.

    `within` maps the names of modules to those of the modules in them: `import a; a.b.name`.
    """

    words: frozenset[bytes]
    within: Mapping[bytes, AbstractSet[bytes]]

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.words or self.within)

    def without(self, others: Wanted) -> Wanted:
        """Return those that are not among others."""
        within = {
            name: inside - others.within.get(name, frozenset())
            for name, inside in self.within.items()
        }
        new = {name: inside for name, inside in within.items() if inside}
        return Wanted(self.words - others.words, new)

    def may_stand_in(self, statements: bytes) -> bool:
        """Return whether one of the words may stand in a source's imports."""
        if len(self.words) + len(self.within) > FEW:
            return True
        for words in (self.words, self.within):
            for word in words:
                if word in statements:
                    return True
        return False

    def is_taken(self, imports: AbstractSet[bytes], statements: bytes) -> bool:
        """Return whether a source with these words in its imports may take it, by name or all."""
        if not self.words.isdisjoint(imports):
            return True
        return b"import *" in statements and not self.within.keys().isdisjoint(imports)

    def is_used(self, imports: AbstractSet[bytes], content: Callable[[], bytes]) -> bool:
        """Return whether a source may use it as part of a module."""
        modules = imports & self.within.keys()
        data = content() if modules else b""
        return any(b"." + name in data for module in modules for name in self.within[module])


class Offers:
    """What the modules of a project offer, as far as it is known, with the kinds of each name."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.named: dict[str, dict[str, Kinds]] = {}
        self._chained: dict[tuple[str, str], frozenset[str]] = {}
        self._modules: dict[str, dict[str, ProjectModule | Outside]] = {}

    def add(self, path: str, name: str, kinds: Kinds) -> bool:
        """Add a name that a module offers; return whether that is new."""
        own = self.named.setdefault(path, {})
        before = own.get(name, _NONE)
        own[name] = before | kinds
        return not kinds <= before

    def resolved(self, path: str, imports: Iterable[Import]) -> tuple[Resolved, ...]:
        """Return what the imports of a module name, without those that can never bring anything."""
        found = (self._resolve(path, item) for item in imports)
        return tuple(one for one in found if one is not None)

    def _resolve(self, path: str, item: Import) -> Resolved | None:
        source = self._names.module(path, item.module, item.level)
        whole: ProjectModule | Outside | None
        if item.name is None:
            whole = _known(self._names.imported_module(path, item))
        elif isinstance(source, Outside):
            is_module = item.name.islower() and item.name != "*"
            whole = _known(Outside(f"{source.dotted}.{item.name}")) if is_module else None
        else:
            whole = self._names.module_in(source, item.name)
        if whole is None and isinstance(source, Outside) and not _is_framework(source):
            return None
        return Resolved(item, source, whole)

    def hand_on(self, path: str, imports: Iterable[Resolved]) -> bool:
        """Add what a module imports and so offers in turn; return whether any of it is new."""
        before = self._modules.get(path, {})
        modules, new = dict(before), False
        for found in imports:
            if not found.item.at_top:
                continue
            offered = self._of_module(found)
            for name, kinds in offered.items():
                new = self.add(path, name, kinds) or new
            whole = None if offered else self._whole_module(found)
            if whole is not None:
                modules[found.item.bound] = whole
            elif found.item.name == "*" and isinstance(found.source, ProjectModule):
                modules |= self._modules.get(found.source.path, {})
        if modules != before:
            self._modules[path] = modules
            return True
        return new

    def wanted(self) -> Wanted:
        """Return what stands in every file that imports something that is offered."""
        words = {name for names in self.named.values() for name in names}
        offering = {path for path, names in self.named.items() if names}
        within: dict[bytes, set[bytes]] = {}
        for path, bound in self._handed_on(offering):
            words.add(bound)
            within.setdefault(_encoded(_last(path)), set()).add(_encoded(bound))
        words.update(map(_last, offering))
        return Wanted(frozenset(map(_encoded, words)), within)

    def _handed_on(self, sources: set[str]) -> Iterator[tuple[str, str]]:
        """Yield the modules that import one of `sources`, or FastAPI, whole, and its name there."""
        for path, modules in self._modules.items():
            for bound, module in modules.items():
                if isinstance(module, Outside) or module.path in sources:
                    yield path, bound

    def brought(
        self, path: str, imports: Iterable[Resolved], text: Callable[[], str]
    ) -> Iterator[tuple[Import, Mapping[str, Kinds]]]:
        """Yield the imports that make names matter in a module with the source `text`, and these.

        What is used of a whole module, as `bound.….name`, goes by `bound.name`.
        """
        for found in imports:
            offered = self._of_module(found)
            whole = None if offered else self._whole_module(found)
            if whole is not None:
                offered = self._members(path, found.item.bound, whole, text)
            if offered:
                yield found.item, offered

    def _of_module(self, found: Resolved) -> Mapping[str, Kinds]:
        """Return what a `from` import takes; no module is read for it, just what is known of it."""
        item, source, _ = found
        if item.name is None:
            return _NOTHING
        if isinstance(source, ProjectModule):
            named: Mapping[str, Kinds] = self.named.get(source.path, _NOTHING)
        else:
            named = _CLASSES if _is_framework(source) else _NOTHING
        if item.name == "*":
            return named
        return {item.bound: named[item.name]} if item.name in named else _NOTHING

    def _whole_module(self, found: Resolved) -> ProjectModule | Outside | None:
        """Return the module that an import binds as a whole, None where it binds something else."""
        item, source, whole = found
        if whole is not None or item.name is None or isinstance(source, Outside):
            return whole
        return self._modules.get(source.path, {}).get(item.name)

    def _members(
        self, path: str, bound: str, module: ProjectModule | Outside, text: Callable[[], str]
    ) -> dict[str, Kinds]:
        """Return what a source uses of a module that it imports whole."""
        if isinstance(module, Outside):
            return {f"{bound}.{name}": kinds for name, kinds in _CLASSES.items()}
        offered = list(self._below(module.path))
        inside = self._modules.get(module.path, {})
        if not offered and not inside:
            return {}
        words = self._words_after(path, bound, text)
        found: dict[str, Kinds] = {}
        for names in offered:
            found |= {f"{bound}.{name}": kinds for name, kinds in names.items() if name in words}
        for name in words & inside.keys():
            if inside[name] != module:
                found |= self._direct_members(bound, inside[name], words)
        return found

    def _words_after(self, path: str, bound: str, text: Callable[[], str]) -> frozenset[str]:
        """Return the words in `bound.word.word…` in the source `text` of a file."""
        key = (path, bound)
        if key not in self._chained:
            # Starting with the name itself, not with `\b`, makes this many times faster.
            chains = re.findall(rf"{bound}(?<!\w{bound})((?:\s*\.\s*\w+)+)", text())
            words = {word.strip() for chain in chains for word in chain.split(".")}
            self._chained[key] = frozenset(words)
        return self._chained[key]

    def _direct_members(
        self, bound: str, module: ProjectModule | Outside, words: frozenset[str]
    ) -> dict[str, Kinds]:
        """Return what is used of a module that another one hands on."""
        named = _CLASSES if isinstance(module, Outside) else self.named.get(module.path, {})
        return {f"{bound}.{name}": kinds for name, kinds in named.items() if name in words}

    def _below(self, module: str) -> Iterator[Mapping[str, Kinds]]:
        """Yield what a module offers, and what the modules of a package do."""
        package = module.removesuffix("__init__.py")
        for path, names in self.named.items():
            if path == module or (package.endswith("/") and path.startswith(package)):
                yield names


def _known(module: ProjectModule | Outside) -> ProjectModule | Outside | None:
    """Return a module of the project, or of a framework with its classes; None for another one."""
    return None if isinstance(module, Outside) and module.dotted not in _HOLDERS else module


def _is_framework(module: Outside) -> bool:
    return module.dotted.partition(".")[0] in FRAMEWORKS


def _encoded(word: str) -> bytes:
    """Return a word as a source has it; a file's name may hold bytes that no source names."""
    return word.encode("utf-8", "surrogatepass")


def _last(path: str) -> str:
    """Return the last component of the module's name."""
    stem = path.removesuffix("/").removesuffix("/__init__.py").removesuffix(".py")
    return stem.rpartition("/")[2]
