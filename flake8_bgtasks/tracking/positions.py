"""Where the nodes of a libcst tree stand.

LibCST finds positions by writing the code out again, which takes longer than parsing it. `ast` has
them for nothing, and both trees hold the same calls, names, … in the same order: so the nth call of
one is the nth call of the other. Where the trees disagree, LibCST's own provider answers.
"""

from __future__ import annotations

import ast
import dataclasses
from collections import defaultdict
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.children import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Positions = dict[int, Span]
"""`id(node)` to the span of the node."""

_KINDS: Mapping[type[cst.CSTNode], type[ast.AST]] = {
    cst.Call: ast.Call,
    cst.Name: ast.Name,
    cst.Attribute: ast.Attribute,
    cst.Await: ast.Await,
    cst.Return: ast.Return,
    cst.Raise: ast.Raise,
    cst.Expr: ast.Expr,
    cst.Assign: ast.Assign,
    cst.AnnAssign: ast.AnnAssign,
    cst.Param: ast.arg,
    cst.FunctionDef: ast.FunctionDef,
    cst.ClassDef: ast.ClassDef,
    cst.Lambda: ast.Lambda,
    cst.ImportFrom: ast.ImportFrom,
    cst.Import: ast.Import,
}
_SAME = {theirs: ours for ours, theirs in _KINDS.items()} | {ast.AsyncFunctionDef: cst.FunctionDef}
"""What LibCST calls the nodes of `ast`."""

_ORDER: Mapping[type[cst.CSTNode], tuple[str, ...]] = {
    cst.FunctionDef: ("decorators", "type_parameters", "params", "returns", "body"),
    cst.ClassDef: ("decorators", "type_parameters", "bases", "keywords", "body"),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
    cst.Param: ("annotation", "default"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.Arg: ("value",),
    cst.Attribute: ("value",),
    cst.Assign: ("targets", "value"),
    cst.AssignTarget: ("target",),
    cst.Call: ("func", "args"),
    cst.ExceptHandler: ("type", "body"),
    cst.ExceptStarHandler: ("type", "body"),
    cst.Import: (),
    cst.ImportFrom: (),
    cst.Global: (),
    cst.Nonlocal: (),
    cst.MatchAs: ("pattern",),
    cst.MatchStar: (),
    cst.MatchMapping: ("elements",),
    cst.MatchKeywordElement: ("pattern",),
    cst.TypeVar: ("bound",),
    cst.TypeVarTuple: (),
    cst.ParamSpec: (),
    cst.FormattedString: (),
    cst.NamedExpr: ("target", "value"),
    cst.Name: (),
}

_LAYOUT = (
    "whitespace",
    "lpar",
    "rpar",
    "lbra",
    "rbra",
    "leading",
    "lines_after",
    "trailing",
    "header",
    "footer",
    "semicolon",
    "comma",
    "equal",
    "colon",
    "dot",
    "operator",
    "asynchronous",
    "indent",
    "separator",
)


_FORMATTED = ("JoinedStr", "TemplateStr")
_CONSTANTS = ("None", "True", "False")


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the fields that hold code, the last of the source first."""
    names = _ORDER.get(kind)
    if names is None:
        kinds = {field.name: field.type for field in dataclasses.fields(kind)}
        names = tuple(n for n, k in kinds.items() if k is not str and not n.startswith(_LAYOUT))
    return names[::-1]


_NO_NODES = frozenset({type(None), str, bool, cst.MaybeSentinel})


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield `node` and what lies below it in source order, without whitespace and f-strings."""
    stack: list[cst.CSTNode] = [node]
    while stack:
        current = stack.pop()
        yield current
        for name in _fields(current.__class__):
            value = getattr(current, name)
            kind = value.__class__
            if kind is tuple or kind is list:
                stack.extend(value[::-1])
            elif kind not in _NO_NODES:
                stack.append(value)


def positions_of(
    module: cst.Module, statements: Sequence[ast.stmt], lines: Sequence[str], shift: int = 0
) -> Positions:
    """Map the nodes of `module` to spans.

    `statements` are the same code, parsed in a file of `lines` from which `shift` are missing.
    """
    ours, theirs = _by_kind(module), _ast_by_kind(statements)
    if ours.keys() != theirs.keys() or not all(_same(k, ours[k], theirs[k]) for k in ours):
        return _by_libcst(module, statements[0], shift)
    found: Positions = {}
    place = _placer(statements, lines, shift)
    for kind, nodes in ours.items():
        found.update(zip(map(id, nodes), map(place, theirs[kind]), strict=True))
    return found


def _placer(
    statements: Sequence[ast.stmt], lines: Sequence[str], shift: int
) -> Callable[[ast.AST], Span]:
    """Return what tells the span of an `ast` node, whose columns count UTF-8 bytes."""
    first, last = _first_line(statements[0]) + shift, (statements[-1].end_lineno or 0) + shift
    is_plain = all(map(str.isascii, lines[max(first - 1, 0) : last]))

    def plain(node: Any) -> Span:
        start, end = node.lineno + shift, node.end_lineno + shift
        return Span(start, node.col_offset + 1, end, node.end_col_offset + 1)

    def counted(node: Any) -> Span:
        start, end = node.lineno + shift, node.end_lineno + shift
        column = _characters(lines, start, node.col_offset)
        return Span(start, column, end, _characters(lines, end, node.end_col_offset))

    return plain if is_plain else counted


def _characters(lines: Sequence[str], line: int, offset: int) -> int:
    text = lines[line - 1] if line <= len(lines) else ""
    if text.isascii():
        return offset + 1
    return len(text.encode()[:offset].decode(errors="replace")) + 1


def _by_kind(module: cst.Module) -> dict[type[cst.CSTNode], list[Any]]:
    found: dict[type[cst.CSTNode], list[Any]] = defaultdict(list)
    for node in walk(module):
        kind = node.__class__
        # None, True and False are names to LibCST and constants to ast.
        if kind in _KINDS and not (kind is cst.Name and node.value in _CONSTANTS):  # type: ignore[attr-defined]
            found[kind].append(node)
    return found


def _ast_by_kind(statements: Sequence[ast.stmt]) -> dict[type[cst.CSTNode], list[ast.AST]]:
    found: dict[type[cst.CSTNode], list[ast.AST]] = defaultdict(list)
    stack: list[ast.AST] = list(statements)
    while stack:
        node = stack.pop()
        kind = node.__class__
        if kind in _SAME:
            found[_SAME[kind]].append(node)
        if kind.__name__ not in _FORMATTED:
            stack += children(node)
    for nodes in found.values():
        nodes.sort(key=_START)  # of those that start together, the outer one comes first
    return found


_START = attrgetter("lineno", "col_offset")


def _same(kind: type[cst.CSTNode], mine: Sequence[Any], others: Sequence[Any]) -> bool:
    """Return whether some nodes of a kind look like those of the other tree."""
    if kind is cst.Name:
        return [node.value for node in mine] == [node.id for node in others]
    if kind is cst.Attribute:
        return [node.attr.value for node in mine] == [node.attr for node in others]
    return len(mine) == len(others)


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    lines: list[int] = [decorator.lineno for decorator in decorators]
    return min([statement.lineno, *lines])


def _by_libcst(module: cst.Module, first: ast.stmt, shift: int) -> Positions:
    from libcst.metadata import MetadataWrapper, PositionProvider

    top = _first_line(first) + shift
    ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return {
        id(node): Span(
            where.start.line + top - 1,
            where.start.column + 1,
            where.end.line + top - 1,
            where.end.column + 1,
        )
        for node, where in ranges.items()
        if type(node) in _KINDS
    }
