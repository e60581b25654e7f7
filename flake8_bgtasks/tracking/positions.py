"""Where the nodes of a libcst tree stand.

LibCST finds positions by writing the code out again, which takes longer than parsing it. `ast` has
them for nothing, and both trees hold the same calls, names, … in the same order: so the nth call of
one is the nth call of the other. Where the trees disagree, LibCST's own provider answers.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Any

import libcst as cst

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.children import children

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

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


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the fields that hold code, in the order of the source."""
    if kind in _ORDER:
        return _ORDER[kind]
    names = kind.__dataclass_fields__
    return tuple(name for name in names if not name.startswith(_LAYOUT))


@cache
def _is_node(kind: Hashable) -> bool:
    """Return whether a class is a node's; `isinstance` takes long for abstract classes."""
    return isinstance(kind, type) and issubclass(kind, cst.CSTNode)


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield `node` and what lies below it in source order, without whitespace and f-strings."""
    stack: list[cst.CSTNode] = [node]
    while stack:
        current = stack.pop()
        yield current
        children: list[cst.CSTNode] = []
        for name in _fields(type(current)):
            value = getattr(current, name)
            if isinstance(value, (list, tuple)):
                children.extend([item for item in value if _is_node(item.__class__)])
            elif _is_node(value.__class__):
                children.append(value)
        stack.extend(reversed(children))


def positions_of(
    module: cst.Module, statements: Sequence[ast.stmt], lines: Sequence[str]
) -> Positions:
    """Map the nodes of `module` to spans.

    `statements` are the same code, parsed in a file of `lines`.
    """
    ours = _by_kind(walk(module))
    theirs = _ast_by_kind(statements)
    found: Positions = {}
    for kind, ast_kind in _KINDS.items():
        mine, other = ours.get(kind, []), theirs.get(ast_kind, [])
        if len(mine) != len(other) or not all(map(_same, mine, other)):
            return _by_libcst(module, statements[0])
        found.update(
            (id(node), span_of(twin, lines)) for node, twin in zip(mine, other, strict=True)
        )
    return found


def span_of(node: ast.AST, lines: Sequence[str]) -> Span:
    """Return the span of an `ast` node, whose columns count UTF-8 bytes."""
    line, end = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    start_column = _characters(lines, line, node.col_offset)  # type: ignore[attr-defined]
    return Span(line, start_column, end, _characters(lines, end, node.end_col_offset))  # type: ignore[attr-defined]


def _characters(lines: Sequence[str], line: int, offset: int) -> int:
    text = lines[line - 1] if line <= len(lines) else ""
    if text.isascii():
        return offset + 1
    return len(text.encode()[:offset].decode(errors="replace")) + 1


def _by_kind(nodes: Iterable[cst.CSTNode]) -> dict[type[cst.CSTNode], list[cst.CSTNode]]:
    found: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
    for node in nodes:
        found.setdefault(type(node), []).append(node)
    # None, True and False are names to LibCST and constants to ast.
    names = found.get(cst.Name, [])
    found[cst.Name] = [n for n in names if n.value not in ("None", "True", "False")]  # type: ignore[attr-defined]
    return found


def _ast_by_kind(statements: Sequence[ast.stmt]) -> dict[type[ast.AST], list[ast.AST]]:
    found: dict[type[ast.AST], list[ast.AST]] = {kind: [] for kind in _KINDS.values()}
    found[ast.AsyncFunctionDef] = found[ast.FunctionDef]
    stack: list[ast.AST] = list(statements)
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind in found:
            found[kind].append(node)
        if kind.__name__ not in _FORMATTED:
            stack += children(node)
    for kind in _KINDS.values():
        found[kind].sort(key=_source_order)
    return found


def _source_order(node: ast.AST) -> tuple[int, int, int, int]:
    decorators = getattr(node, "decorator_list", [])
    start: Any = decorators[0] if decorators else node
    return (start.lineno, start.col_offset, -node.end_lineno, -node.end_col_offset)  # type: ignore[attr-defined]


def _same(mine: cst.CSTNode, other: ast.AST) -> bool:
    if isinstance(mine, cst.Name):
        return isinstance(other, ast.Name) and mine.value == other.id
    if isinstance(mine, cst.Attribute):
        return isinstance(other, ast.Attribute) and mine.attr.value == other.attr
    return True


def _by_libcst(module: cst.Module, first: ast.stmt) -> Positions:
    from libcst.metadata import MetadataWrapper, PositionProvider

    top = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
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
