"""Comments beside and inside code that a fix moves: they go with it, or it stays."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.statements import DIRECTIVE
from flake8_bgtasks.fixes.supply import Refused

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Text
    from flake8_bgtasks.fixes.supply.syntax import Tree

_BESIDE = re.compile(r"[ \t\f]*(?:,[ \t\f]*)?(#.*)")


def check_copied(tree: Tree, call: ast.Call) -> None:
    """Raise Refused where comments stand between the arguments of a call."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if _comments(tree, call) > sum(_comments(tree, value) for value in values):
        raise Refused("the comments between the task's arguments would be lost")


def _comments(tree: Tree, node: ast.expr) -> int:
    """Return how many comments stand in an expression."""
    assert node.end_lineno is not None
    if node.lineno == node.end_lineno:
        return 0
    span = tree.span(node)
    first, *between, last = tree.lines[span.line - 1 : span.end_line]
    source = "".join([first[span.column - 1 :], *between, last[: span.end_column - 1]])
    tokens = tokenize.generate_tokens(io.StringIO(f"({source})").readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


def with_remarks(tree: Tree, statement: ast.stmt, value: ast.expr, text: Text) -> Text:
    """Return the statement `text`, written before another, with the comments on an argument."""
    above, beside = _above(tree, value), _beside(tree, value)
    if not above and not beside:
        return text
    if tree.lines[statement.lineno - 1][: tree.span(statement).column - 1].strip():
        raise Refused("the comment on the task would be lost")
    return (*(f"{line}\n" for line in above), *text, *(f"  {line}" for line in beside))


def check_no_remarks(tree: Tree, value: ast.expr) -> None:
    """Raise Refused where an argument has comments, which go when it goes."""
    if _above(tree, value) or _beside(tree, value):
        raise Refused("the comment on the background would be lost")


def _beside(tree: Tree, value: ast.expr) -> list[str]:
    """Return the comment behind an argument on its line."""
    span = tree.span(value)
    found = _BESIDE.match(tree.lines[span.end_line - 1], span.end_column - 1)
    return [] if found is None or DIRECTIVE.match(found[1]) else [found[1].rstrip()]


def _above(tree: Tree, value: ast.expr) -> list[str]:
    """Return the comments on the lines above an argument that begins its line."""
    holder = tree.parents[value]
    argument = holder if isinstance(holder, ast.keyword) else value
    first = argument.lineno - 1
    if tree.lines[first][: tree.span(argument).column - 1].strip():
        return []
    start = first
    while tree.lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return [line.strip() for line in tree.lines[start:first]]
