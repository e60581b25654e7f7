"""Where code may lead, told from the names in it: without tracking any of it.

Few functions raise what somebody looks for, and to track all that a task may call takes long. What
a call gets to is found through names: those in the call, those in the statements that they stand
for, and so on. Of a class, only methods count that somebody on the way names.
"""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.project.bodies import Method, methods
from flake8_bgtasks.project.names import Outside, ProjectModule
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.facts import operands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flake8_bgtasks.project.names import Defined, Names, Target
    from flake8_bgtasks.project.outline import Outline
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_HANDS_ON = frozenset(name.rpartition(".")[2] for name in known.CALLS_FIRST_ARGUMENT) | {
    *("run_in_executor", "cast", "Depends", "Security")
}
_WORD = re.compile(r"[^\W\d]\w*")
_MEMBER = re.compile(r"\.\s*([^\W\d]\w*)")
_FUNCTION = re.compile(r"^(?:async[ \t]+)?def\b", re.MULTILINE)
_CLASS = re.compile(r"^class\b", re.MULTILINE)
_IMPORTS = re.compile(r"^[ \t]+(?:from|import)\s|[:;][ \t]*(?:from|import)\s", re.MULTILINE)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


class Place(NamedTuple):
    """A top-level statement, by its number in a file; of a class, one method or what is left."""

    path: str
    number: int
    method: str = ""


class Mentioned(NamedTuple):
    """What stands in a piece of code: words, those of them behind a dot, and places named there."""

    words: frozenset[str]
    members: frozenset[str]
    places: tuple[Place, ...]


class Leads:
    """Answers whether a call may lead to one of some words."""

    def __init__(self, program: Program, words: frozenset[str]) -> None:
        """`words` are the names that are looked for."""
        self._program = program
        self._words = words
        self._kept: dict[tuple[Place, frozenset[str], int], bool] = {}

    def has_any(self, call: NodeRef, calls: int) -> bool:
        """Return whether a word may stand in what a call runs, not more than so many calls deep."""
        found = self._program.once(Mentions).in_call(call)
        if not self._words.isdisjoint(found.words):
            return True
        return any(self._leads(place, found.members, calls) for place in found.places)

    def _leads(self, start: Place, members: frozenset[str], calls: int) -> bool:
        key = (start, members, calls)
        if key not in self._kept:
            self._kept[key] = self._search(start, members, calls)
        return self._kept[key]

    def _search(self, start: Place, members: frozenset[str], calls: int) -> bool:
        """Search outwards from a statement, into so many functions that call each other."""
        mentions = self._program.once(Mentions)
        asked, seen = set(members), {start: None}
        current = [start]
        for _ in range(calls + (not mentions.is_function(start))):
            functions: list[Place] = []
            while current:
                found = mentions.at(current.pop())
                if not self._words.isdisjoint(found.words):
                    return True
                asked |= found.members
                new = [place for place in found.places if place not in seen]
                seen.update(dict.fromkeys(new))
                functions += filter(mentions.is_function, new)
                current += [place for place in new if not mentions.is_function(place)]
            methods = [method for place in seen for method in mentions.methods(place, asked)]
            current = [*functions, *(method for method in methods if method not in seen)]
            seen.update(dict.fromkeys(methods))
        return False


class Mentions:
    """Reads what stands in statements and calls."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._names: Names = program.names
        self._read: dict[tuple[str, int], _Statement] = {}
        self._mentioned: dict[Place, Mentioned] = {}

    def at(self, place: Place) -> Mentioned:
        """Return what stands in a statement, or in a method."""
        if place not in self._mentioned:
            source = self._statement(place).text(place.method)
            self._mentioned[place] = self._in_source(place, source)
        return self._mentioned[place]

    def methods(self, place: Place, asked: set[str]) -> Iterator[Place]:
        """Yield the methods of a class that have one of some names, or that Python calls itself."""
        for name in () if place.method else self._statement(place).parts:
            if name in asked or name.startswith("__"):
                yield place._replace(method=name)

    def is_function(self, place: Place) -> bool:
        """Return whether a statement is a function; the methods of a class are."""
        return bool(place.method) or self._statement(place).is_function

    def _statement(self, place: Place) -> _Statement:
        key = (place.path, place.number)
        if key not in self._read:
            outline = self._program.files.surface(place.path)
            assert outline is not None
            self._read[key] = _Statement(outline, place.number)
        return self._read[key]

    def _in_source(self, place: Place, source: str) -> Mentioned:
        outline = self._statement(place).outline
        words = frozenset(_WORD.findall(source))
        bound = words if outline.star_imports else words & outline.bindings.keys()
        targets = {t for word in bound for t in self._names.lookup(place.path, word)}
        if _IMPORTS.search(source):
            for node in self._statement(place).imports(place.method):
                targets.update(self._bound_by(place.path, node))
        members = frozenset(_MEMBER.findall(source))
        return self._followed(words, members, targets, [place._replace(method="")])

    def _bound_by(self, path: str, node: ast.Import | ast.ImportFrom) -> Iterator[Target]:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                yield from self._names.from_module(path, module, node.level, alias.name)
            else:
                yield self._names.module(path, alias.name, 0)
                yield self._names.module(path, alias.name.partition(".")[0], 0)

    def _followed(
        self,
        words: Iterable[str],
        members: frozenset[str],
        targets: Iterable[Target],
        places: Iterable[Place],
    ) -> Mentioned:
        """Follow modules to what is used of them, and imports to the names outside."""
        found, named = set(words), dict.fromkeys(places)
        pending, seen = list(targets), set(targets)
        while pending:
            target = pending.pop()
            if isinstance(target, Outside):
                found.add(target.dotted.rpartition(".")[2])
            elif isinstance(target, ProjectModule):
                inner = {t for name in members for t in self._names.member(target.path, name)}
                pending.extend(inner - seen)
                seen |= inner
            else:
                named.update(dict.fromkeys(self._places_of(target)))
        return Mentioned(frozenset(found), members, tuple(named))

    def _places_of(self, target: Defined) -> Iterator[Place]:
        """Yield the statement that binds a name, and those whose functions set it."""
        yield Place(target.path, target.statement)
        outline = self._program.files.surface(target.path)
        for index in outline.declared_global.get(target.name, ()) if outline else ():
            yield Place(target.path, index)

    # Calls

    def in_call(self, call: NodeRef) -> Mentioned:
        """Return what the function that a call calls, or hands on to be called, may stand for."""
        return self._in_values(self._called(call, self._program.units.node(call)))

    def _called(self, ref: NodeRef, call: facts.Node) -> list[NodeRef]:
        """Return what decides what a call runs: its function, and what that calls in turn."""
        assert isinstance(call, facts.Call)
        name = getattr(self._program.units.node(ref._replace(node=call.function)), "name", "")
        handed = [a.value for a in call.arguments[:2]] if name in _HANDS_ON else []
        return [ref._replace(node=node) for node in (call.function, *handed)]

    def _in_values(self, pending: list[NodeRef]) -> Mentioned:
        words: set[str] = set()
        targets: set[Target] = set()
        places: list[Place] = []
        seen = set(pending)
        while pending:
            current = pending.pop()
            node = self._program.units.node(current)
            following = [current._replace(node=n) for n in operands(node)]
            match node:
                case facts.Call():
                    following = self._called(current, node)
                case facts.Attribute(name=name):
                    words.add(name)
                case facts.Free(name="super"):
                    places.append(Place(current.path, current.unit))
                case facts.Free(name=name):
                    words.add(name)
                    following += self._program.evaluator.bindings_of(current, name)
                    targets.update(() if following else self._names.lookup(current.path, name))
                case facts.Imported():
                    targets.update(self._imported(current.path, node))
                case facts.Definition():
                    places.append(Place(current.path, current.unit))
                case facts.Parameter(name=name):
                    declared = self._declared(current, name)
                    places += [] if declared else [Place(current.path, current.unit)]
                    following += declared
            pending += [other for other in following if other not in seen]
            seen.update(following)
        return self._followed(words, frozenset(words), targets, places)

    def _imported(self, path: str, node: facts.Imported) -> Iterable[Target]:
        if node.name is None:
            return (self._names.module(path, node.module, node.level),)
        return self._names.from_module(path, node.module, node.level, node.name)

    def _declared(self, ref: NodeRef, name: str) -> list[NodeRef]:
        """Return the annotation and the default of a parameter; none for `self`."""
        scope = self._program.units.scope(self._program.units.owner(ref))
        declared = [p for p in scope.parameters if p.name == name]
        nodes = [node for p in declared for node in (p.annotation, p.default) if node is not None]
        return [ref._replace(node=node) for node in nodes]


class _Statement:
    """A top-level statement in parts: the methods of a class by name, and "", what is left.

    Syntax trees are large: only what is asked of them is kept.
    """

    def __init__(self, outline: Outline, index: int) -> None:
        self.outline = outline
        statement = outline.statements[index]
        self._lines = outline.lines[statement.first - 1 : statement.last]

    @cached_property
    def is_function(self) -> bool:
        return _FUNCTION.search(self._source) is not None

    @cached_property
    def parts(self) -> dict[str, list[tuple[int, int]]]:
        """The lines of each part, from and to."""
        found: dict[str, list[tuple[int, int]]] = {"": []}
        start = 1
        for method in self._methods():
            found[""].append((start, method.first - 1))
            found.setdefault(method.name, []).append((method.first, method.last))
            start = method.last + 1
        found[""].append((start, len(self._lines)))
        return found

    def _methods(self) -> Sequence[Method]:
        if not _CLASS.search(self._source):
            return ()
        found = methods(self._lines, 1, len(self._lines))
        return found if found is not None else list(_methods_in(self._parsed()))

    @cached_property
    def _imports(self) -> tuple[ast.Import | ast.ImportFrom, ...]:
        return tuple(_imports_in(self._parsed()))

    @property
    def _source(self) -> str:
        return "".join(self._lines)

    def _parsed(self) -> list[ast.stmt]:
        try:
            return ast.parse(self._source).body
        except (SyntaxError, ValueError, RecursionError):
            return []

    def text(self, part: str) -> str:
        pieces = (self._lines[first - 1 : last] for first, last in self.parts[part])
        return "".join(line for piece in pieces for line in piece)

    def imports(self, part: str) -> Iterator[ast.Import | ast.ImportFrom]:
        for node in self._imports:
            if any(first <= node.lineno <= last for first, last in self.parts[part]):
                yield node


def _methods_in(statements: Iterable[ast.AST]) -> Iterator[Method]:
    for node in statements:
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                first = min([inner.lineno, *(d.lineno for d in inner.decorator_list)])
                yield Method(inner.name, first, inner.end_lineno or 0)


def _imports_in(statements: Iterable[ast.AST]) -> Iterator[ast.Import | ast.ImportFrom]:
    pending = list(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        for block in _BLOCKS:
            pending += getattr(node, block, ())
