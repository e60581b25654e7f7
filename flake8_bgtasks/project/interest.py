"""Which files and statements of a project can matter.

A file matters when it names FastAPI's or Starlette's task classes, adds tasks to something, gives a
response a background, or imports a name that matters (see `exports`). A name counts only where it
is imported, never bare: common names would pull in half the project.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.project.exports import Kinds, exports
from flake8_bgtasks.project.given import gives_background
from flake8_bgtasks.project.import_texts import parse_imports
from flake8_bgtasks.project.imports import imported_words
from flake8_bgtasks.project.offers import Offers, Wanted
from flake8_bgtasks.project.registering import Registering
from flake8_bgtasks.project.seeds import ADDS, FRAMEWORKS, RESPONSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.project.offers import Resolved
    from flake8_bgtasks.project.outline import Outline, Statement
    from flake8_bgtasks.project.seeds import Seeds

_TRACED: Kinds = frozenset({"traced"})
_ADDER: Kinds = frozenset({"adder"})
_NONE: Kinds = frozenset()
_ADDS = re.compile(ADDS, re.IGNORECASE)
ENOUGH = 4
"""So many statements that hand the same function to the framework tell what there is to know."""

FAR = 150
"""Callers that make so many more statements matter say too little to be worth their time."""


class TooFarError(Exception):
    """More would matter than was asked for."""


@dataclass
class Interest:
    """`relevant` maps files to the indices of their statements that matter."""

    relevant: dict[str, set[int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many statements matter."""
        return sum(map(len, self.relevant.values()))


class Known(dict[str, Kinds]):
    """The names that matter in a module; `dotted` are those of modules that it imports whole."""

    dotted: tuple[str, ...] = ()


class Search:
    """Finds what matters; what is known of it is kept for a second look."""

    def __init__(
        self,
        paths: Iterable[str],
        files: Files,
        names: Names,
        told: Callable[[str, set[int]], object] = lambda _path, _indices: None,
    ) -> None:
        """`paths` are all files of the project; `told` hears early which statements matter."""
        self._most: int | None = None
        self._told = told
        self._paths = sorted(paths)
        self._files = files
        self._found = Interest()
        self._offers = Offers(names)
        self._wanted = Wanted(frozenset(), {})
        self._candidates: set[str] = set()
        self._words: dict[str, frozenset[bytes]] = {}
        self._imports: dict[str, tuple[Resolved, ...] | None] = {}
        self._grown: dict[str, tuple[tuple[Resolved, ...], Known]] = {}
        self._texts: dict[str, Registering] = {}
        self._beside: dict[str, set[int]] = {}
        self._registered: dict[str, int] = {}
        self._settled: dict[tuple[str, int], tuple[frozenset[tuple[str, Kinds]], Kinds]] = {}

    def from_seeds(self, seeds: Seeds) -> Interest:
        """Start from the `seeds`; read the import lines of the rest while something is added."""
        for path in seeds.whole:
            self._offers.hand_on(path, self._imports_of(path) or ())
        return self._spread(seeds.files, handed_on=bool(seeds.whole))

    def with_callers(self, traced: Iterable[tuple[str, str]], most: int) -> Interest:
        """Add the callers of `traced`, pairs of a module and a name in it, and so on upwards.

        Raises TooFarError if more than `most` statements matter.
        """
        self._most = most
        for path, name in traced:
            self._offers.add(path, name, _TRACED)
        return self._spread((), handed_on=True)

    def _spread(self, fresh: Iterable[str], *, handed_on: bool) -> Interest:
        while fresh or handed_on:
            self._settle(fresh)
            fresh, handed_on = self._importers()
        relevant = {path: set(indices) for path, indices in self._found.relevant.items()}
        for path, indices in self._beside.items():  # they tell nothing to others
            relevant[path] |= indices
        return Interest(relevant)

    def _settle(self, fresh: Iterable[str]) -> None:
        """Add files, and grow inside the files that are known until nothing is added."""
        for path in fresh:
            self._found.relevant.setdefault(path, set())
        self._check_size()
        grown = True
        while grown:
            grown = False
            for path in sorted(self._found.relevant):
                before = len(self._found.relevant[path])
                grown = self._grow(path) or grown
                self._told(path, self._found.relevant[path] | self._beside.get(path, set()))
                if len(self._found.relevant[path]) > before:
                    self._check_size()

    def _check_size(self) -> None:
        if self._most is not None and self._found.size > self._most:
            raise TooFarError

    def _grow(self, path: str) -> bool:
        """Settle one file; return whether it exports anything new."""
        outline = self._files.outline(path)
        if outline is None:
            return False
        imports, before = self._grown.get(path, (None, None))
        if imports is None:
            imports = self._offers.resolved(path, outline.imports)
        new = self._offers.hand_on(path, imports)
        known = self._known(outline, imports)
        self._grown[path] = (imports, known)
        words = None if before is None else _words_of_new(known, before)
        pending = deque(outline.statements if words != set() else ())
        while pending:
            statement = pending.popleft()
            if words is not None and words.isdisjoint(outline.identifiers[statement.index]):
                continue
            for name, kinds in self._added(outline, statement, known):
                self._offers.add(path, name, kinds)
                known[name] = known.get(name, _NONE) | kinds
                pending.extend(outline.naming(name))
                new = True
                if words is not None:
                    words.add(name)
        return new

    def _added(
        self, outline: Outline, statement: Statement, known: Known
    ) -> Iterator[tuple[str, Kinds]]:
        """Yield what a statement that matters binds that isn't known to matter as that."""
        words = outline.identifiers[statement.index]
        if self._statement_matters(outline, statement.index, words, known):
            self._found.relevant[outline.path].add(statement.index)
            kinds = self._exported_by(outline, statement, words, known)
            for name in statement.binds if kinds else ():
                if not kinds <= known.get(name, _NONE):
                    yield name, kinds
        elif _gives_background(outline, statement.index, words):
            self._beside.setdefault(outline.path, set()).add(statement.index)

    def _known(self, outline: Outline, imports: Iterable[Resolved]) -> Known:
        """Return the names that matter in a module: its own, and those that it imports anywhere."""
        found = Known(self._offers.named.get(outline.path, {}))
        brought = self._offers.brought(outline.path, imports, lambda: "".join(outline.lines))
        for _, names in brought:
            for name, kinds in names.items():
                found[name] = found.get(name, _NONE) | kinds
        found.dotted = tuple(name for name in found if "." in name)
        return found

    def _exported_by(
        self,
        outline: Outline,
        statement: Statement,
        words: frozenset[str],
        known: Known,
    ) -> Kinds:
        """Return what a statement exports, computed again only when it may have changed."""
        key = (outline.path, statement.index)
        named = {name: known[name] for name in _named(words, known)}
        seen = frozenset(named.items())
        if self._settled.get(key, (None, _NONE))[0] != seen:
            self._settled[key] = (seen, exports(outline, statement, named))
        return self._settled[key][1]

    def _statement_matters(
        self, outline: Outline, index: int, words: frozenset[str], known: Known
    ) -> bool:
        """Return whether a statement names something that matters, or adds tasks."""
        if index in self._found.relevant[outline.path]:
            return True
        named = _named(words, known)
        if any(known[name] != _ADDER for name in named) or _adds_tasks(outline, index, words):
            return True
        if not named:
            return False
        code = Registering(lambda: outline.source_of(outline.statements[index]))
        wanted = [name for name in named if self._is_wanted(name, code)]
        if not wanted or not code.may_register(wanted):
            return False
        for name in wanted:
            self._registered[name] = self._registered.get(name, 0) + 1
        return True

    def _is_wanted(self, name: str, code: Registering) -> bool:
        """Return whether it may still change anything to know who else registers a function."""
        return self._registered.get(name, 0) < ENOUGH or code.has_websockets

    def _importers(self) -> tuple[list[str], bool]:
        """Return the files that import something that matters and aren't known to matter yet.

        Also whether other files hand on more than before of what they import.
        """
        wanted = self._offers.wanted()
        new, self._wanted = wanted.without(self._wanted), wanted
        self._files.looked_for |= wanted.words | wanted.within.keys()
        found, handed_on = [], False
        for path in self._paths if new else sorted(self._candidates):
            if path in self._found.relevant:
                continue
            if path not in self._candidates:
                if not self._may_import(path, new):
                    continue
                self._candidates.add(path)
            imports = self._imports_of(path)
            if imports is None or self._leads_to_interest(path, imports):
                found.append(path)
            elif self._offers.hand_on(path, imports):
                handed_on = True
        return found, handed_on

    def _may_import(self, path: str, wanted: Wanted) -> bool:
        """Return whether an import of a file may bring it."""
        statements = self._files.imports(path)
        if not wanted.may_stand_in(statements):
            return False
        words = self._import_words(path)
        if wanted.is_taken(words, statements):
            return True
        return wanted.is_used(words, lambda: self._files.glance(path))

    def _import_words(self, path: str) -> frozenset[bytes]:
        if path not in self._words:
            self._words[path] = imported_words(self._files.imports(path))
        return self._words[path]

    def _imports_of(self, path: str) -> tuple[Resolved, ...] | None:
        """Return the imports of a file, None where they can't be read on their own."""
        if path not in self._imports:
            self._files.imports_read.add(path)
            found = parse_imports(path, self._files.imports(path))
            self._imports[path] = None if found is None else self._offers.resolved(path, found)
        return self._imports[path]

    def _leads_to_interest(self, path: str, imports: Iterable[Resolved]) -> bool:
        """Return whether imports bring something of the project that matters where it is used."""
        for item, brought in self._offers.brought(path, imports, lambda: self._text(path)):
            if item.module.partition(".")[0] in FRAMEWORKS:
                continue
            if item.name == "*" or any(kinds != _ADDER for kinds in brought.values()):
                return True
            code = self._texts.setdefault(path, Registering(lambda: self._text(path)))
            wanted = [name for name in brought if self._is_wanted(name, code)]
            if wanted and code.may_register(wanted):
                return True
        return False

    def _text(self, path: str) -> str:
        return self._files.content(path).decode(errors="replace")


def _words_of_new(known: Known, before: Known) -> set[str]:
    """Return the words in what is known otherwise than before: nothing else changes statements."""
    names = known.keys() | before.keys()
    changed = (name for name in names if known.get(name) != before.get(name))
    return {word for name in changed for word in name.split(".")}


def _named(words: frozenset[str], known: Known) -> list[str]:
    """Return the names that matter whose words all stand in a statement."""
    dotted = [name for name in known.dotted if words.issuperset(name.split("."))]
    return sorted([*(words & known.keys()), *dotted])


def _adds_tasks(outline: Outline, index: int, words: frozenset[str]) -> bool:
    if "add_task" not in words:
        return False
    return _ADDS.search(outline.source_of(outline.statements[index])) is not None


def _gives_background(outline: Outline, index: int, words: frozenset[str]) -> bool:
    if words.isdisjoint(RESPONSES):
        return False
    return gives_background(outline.source_of(outline.statements[index]))
