"""What a module's names are bound to, read with `ast`: imports, definitions, and its statements."""

from __future__ import annotations

import ast
import io
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.pieces import parse_piece, parse_pieces, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    _Part = tuple[int, int, tuple[ast.stmt, ...], tuple[str, ...], bool]

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_FIRST = itemgetter(0)
_GLOBAL = re.compile(r"^[ \t]+global[ \t]+([\w \t,]+)", re.MULTILINE)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Import(NamedTuple):
    """One imported name. `name` is None for `import module`, `"*"` for a star import.

    `bound` is the name it binds; `span` is the whole statement's.
    """

    bound: str
    module: str
    name: str | None
    level: int
    span: Span
    at_top: bool = True
    type_checking: bool = False
    guarded: bool = False


@dataclass(frozen=True)
class Statement:
    """A top-level statement other than an import: lines from 1, the end included.

    `nodes` is empty where the statement has not been parsed yet; `defines`: whether it is (or
    begins with, on one line with others) a function or class.
    """

    index: int
    first: int
    last: int
    nodes: tuple[ast.stmt, ...]
    binds: tuple[str, ...]
    defines: bool

    @property
    def length(self) -> int:
        """How many lines it has."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Outline:
    """A module.

    `bindings` gives for a name its imports and the indices of the statements that bind it.
    """

    path: str
    lines: tuple[str, ...]
    statements: tuple[Statement, ...]
    imports: tuple[Import, ...]
    exported: frozenset[str] | None
    postponed: bool

    @cached_property
    def bindings(self) -> dict[str, tuple[Import | int, ...]]:
        found: dict[str, list[Import | int]] = {}
        for item in self.imports:
            if item.at_top and item.name != "*":
                found.setdefault(item.bound, []).append(item)
        for statement in self.statements:
            for name in statement.binds:
                found.setdefault(name, []).append(statement.index)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def star_imports(self) -> tuple[Import, ...]:
        return tuple(item for item in self.imports if item.at_top and item.name == "*")

    def statement_at(self, line: int) -> Statement | None:
        """Return the statement that a line belongs to."""
        index = bisect_right(self.statements, line, key=lambda statement: statement.first) - 1
        found = self.statements[index] if index >= 0 else None
        return found if found is not None and line <= found.last else None

    def source_of(self, statement: Statement) -> str:
        """Return the lines of a statement."""
        return "".join(self.lines[statement.first - 1 : statement.last])

    def nodes_of(self, statement: Statement) -> tuple[ast.stmt, ...]:
        """Return the parsed statement; raise SyntaxError where it can't be parsed alone."""
        return statement.nodes or tuple(parse_piece(self.lines, statement.first, statement.last))

    def naming(self, name: str) -> tuple[Statement, ...]:
        """Return the statements that name something that this module binds."""
        return tuple(self.statements[index] for index in self._naming.get(name, ()))

    @cached_property
    def _naming(self) -> dict[str, list[int]]:
        bound = {name for statement in self.statements for name in statement.binds}
        found: dict[str, list[int]] = {}
        for index, words in enumerate(self.identifiers):
            for name in words & bound:
                found.setdefault(name, []).append(index)
        return found

    @cached_property
    def identifiers(self) -> tuple[frozenset[str], ...]:
        """The identifiers in each statement, those in its strings and comments too."""
        return tuple(frozenset(_IDENTIFIER.findall(self.source_of(s))) for s in self.statements)

    @cached_property
    def declared_global(self) -> dict[str, tuple[int, ...]]:
        """The statements with functions that declare a name `global`, by name."""
        found: dict[str, list[int]] = {}
        for statement in self.statements if any("global" in line for line in self.lines) else ():
            for names in _GLOBAL.findall(self.source_of(statement)):
                for name in _IDENTIFIER.findall(names):
                    found.setdefault(name, []).append(statement.index)
        return {name: tuple(dict.fromkeys(indices)) for name, indices in found.items()}


def outline(path: str, source: str) -> Outline:
    """Return the outline of a module.

    Raises SyntaxError, ValueError or RecursionError as `ast.parse` does.
    """
    body = ast.parse(source).body
    return _outline(path, split_lines(source), body, _statements(body))


def surface(path: str, source: str) -> Outline:
    """Return the outline of a module without parsing its functions and classes.

    Their own imports are not in it. Raises as `outline` does, though not for what it leaves out.
    """
    lines = split_lines(source)
    cut = pieces(source)
    if cut is None:
        return outline(path, source)
    try:
        body = parse_pieces(lines, [piece for piece in cut if piece.defines is None])
    except SyntaxError:
        return outline(path, source)
    definitions = ((p.first, p.last, (), (p.defines,), True) for p in cut if p.defines is not None)
    return _outline(path, lines, body, [*_statements(body), *definitions])


def _outline(
    path: str, lines: tuple[str, ...], body: list[ast.stmt], parts: Iterable[_Part]
) -> Outline:
    imports = tuple(_imports(body, lines, _Context()))
    return Outline(
        path=path,
        lines=lines,
        statements=tuple(Statement(n, *part) for n, part in enumerate(sorted(parts, key=_FIRST))),
        imports=imports,
        exported=_exported(body),
        postponed=any(i.module == "__future__" and i.name == "annotations" for i in imports),
    )


def split_lines(source: str) -> tuple[str, ...]:
    """Split as Python's parser does, at newlines only: not at form feeds and Unicode separators."""
    return tuple(io.StringIO(source, newline=""))


class _Context(NamedTuple):
    at_top: bool = True
    type_checking: bool = False
    guarded: bool = False


def _imports(body: Sequence[ast.stmt], lines: Sequence[str], where: _Context) -> Iterator[Import]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _aliases(node, lines, where)
        elif any("import" in line for line in lines[node.lineno - 1 : node.end_lineno]):
            for block, inner in _blocks(node, where):
                yield from _imports(block, lines, inner)


def _aliases(
    node: ast.Import | ast.ImportFrom, lines: Sequence[str], where: _Context
) -> Iterator[Import]:
    span = _span(node, lines)
    flags = (where.at_top, where.type_checking, where.guarded)
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            bound = alias.asname or alias.name
            yield Import(bound, node.module or "", alias.name, node.level, span, *flags)
        elif alias.asname:
            yield Import(alias.asname, alias.name, None, 0, span, *flags)
        else:
            yield Import(alias.name.partition(".")[0], alias.name, None, 0, span, *flags)


def _span(node: ast.stmt, lines: Sequence[str]) -> Span:
    def column(line: int, offset: int) -> int:
        text = lines[line - 1]
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="replace")) + 1

    end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Span(
        node.lineno, column(node.lineno, node.col_offset), end_line, column(end_line, end_offset)
    )


def _blocks(node: ast.stmt, where: _Context) -> Iterator[tuple[Sequence[ast.stmt], _Context]]:
    """Yield the blocks of a compound statement with what surrounds their imports."""
    at_top, checking, guarded = where.at_top, where.type_checking, where.guarded
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        yield node.body, _Context(at_top, True, guarded)
        yield node.orelse, where
        return
    if isinstance(node, _DEFINITIONS):
        yield node.body, _Context(False, checking, guarded)
        return
    if _catches_import_errors(node) or _suppresses_import_errors(node):
        yield node.body, _Context(at_top, checking, True)  # type: ignore[attr-defined]
    elif hasattr(node, "body"):
        yield node.body, where
    yield getattr(node, "orelse", []), where
    yield getattr(node, "finalbody", []), where
    for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        yield part.body, where


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _catches_import_errors(node: ast.stmt) -> bool:
    for handler in getattr(node, "handlers", []):
        if handler.type is None or _names_import_errors(handler.type):
            return True
    return False


def _suppresses_import_errors(node: ast.stmt) -> bool:
    """Return whether a block is `with suppress(ImportError)`."""
    for item in getattr(node, "items", []):
        call = item.context_expr
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name == "suppress" and any(_names_import_errors(arg) for arg in call.args):
                return True
    return False


def _names_import_errors(node: ast.expr) -> bool:
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return not names.isdisjoint(_IMPORT_ERRORS)


def _statements(body: Sequence[ast.stmt]) -> Iterator[_Part]:
    """Yield the statements that aren't imports; those that share a line are taken together."""
    groups: list[tuple[int, int, list[ast.stmt]]] = []
    for node in body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        last = node.end_lineno or node.lineno
        if groups and first <= groups[-1][1]:
            groups[-1][2].append(node)
            groups[-1] = (groups[-1][0], max(last, groups[-1][1]), groups[-1][2])
        else:
            groups.append((first, last, [node]))
    kept = [g for g in groups if not all(isinstance(n, (ast.Import, ast.ImportFrom)) for n in g[2])]
    for first, last, nodes in kept:
        names = tuple(dict.fromkeys(name for node in nodes for name in _bound(node)))
        yield first, last, tuple(nodes), names, isinstance(nodes[0], _DEFINITIONS)


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the module names that a top-level statement binds, imports aside."""
    if isinstance(node, _DEFINITIONS):
        yield node.name
        return
    targets: list[ast.AST] = [*getattr(node, "targets", [])]
    targets += [getattr(node, name) for name in ("target", "name") if hasattr(node, name)]
    targets += [item.optional_vars for item in getattr(node, "items", []) if item.optional_vars]
    yield from _names(targets)
    for block, _ in _blocks(node, _Context()):
        for inner in block:
            yield from _bound(inner)


def _names(targets: Iterable[ast.AST]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, (ast.Tuple, ast.List)):
            yield from _names(target.elts)
        elif isinstance(target, ast.Starred):
            yield from _names([target.value])


def _exported(body: Sequence[ast.stmt]) -> frozenset[str] | None:
    """Return the strings of `__all__`, None where there is none or it is computed."""
    found: set[str] = set()
    seen = False
    for node in body:
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and "__all__" in set(
            _names(getattr(node, "targets", None) or [node.target])  # type: ignore[union-attr]
        ):
            if not isinstance(node.value, (ast.List, ast.Tuple)):
                return None
            seen = True
            found.update(e.value for e in node.value.elts if isinstance(e, ast.Constant))  # type: ignore[misc]
    return frozenset(found) if seen else None
