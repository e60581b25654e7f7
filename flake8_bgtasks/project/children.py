"""The nodes below a node of `ast`, found in less time than `ast.iter_child_nodes` takes."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_CODE = ("ctx", "op", "ops", "type_comment")


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below a node, but for operators and contexts."""
    found: list[ast.AST] = []
    for name in _fields(type(node).__name__):
        value = getattr(node, name, None)
        if value.__class__ is list:
            found.extend([item for item in value if isinstance(item, ast.AST)])
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def below(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all nodes below it, in no particular order."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending += children(current)


@cache
def _fields(kind: str) -> tuple[str, ...]:
    if kind in ("Name", "Constant"):
        return ()
    return tuple(name for name in getattr(ast, kind)._fields if name not in _NO_CODE)
