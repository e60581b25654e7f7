"""BGT306: annotations that are evaluated at once, where a FastAPI release looks for them so."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, RemoveStatement
from flake8_bgtasks.fixes.supply import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.tracking.program import Program

_NEEDED = "the module postpones its annotations, and this FastAPI can't resolve them"
_PLAIN = (ast.Name, ast.Attribute, ast.Load, ast.Constant)


def evaluated_at_once(program: Program, tree: Tree, path: str) -> RemoveStatement:
    """Return the edit that removes `from __future__ import annotations`.

    Raises Refused unless all annotations of the module are names that exist above them.
    """
    statement = next(n for n in tree.body.body if getattr(n, "module", None) == "__future__")
    assert isinstance(statement, ast.ImportFrom)
    imported = _imported(program, path)
    for annotation in _annotations(tree.body):
        for node in ast.walk(annotation):
            name = node.id if isinstance(node, ast.Name) else None
            exists = name is None or hasattr(builtins, name) or name in imported
            if not isinstance(node, _PLAIN) or not exists:
                raise Refused(_NEEDED)
    if len(statement.names) > 1:
        raise Refused(_NEEDED)
    return RemoveStatement(Place(path, tree.span(statement)))


def _imported(program: Program, path: str) -> set[str]:
    """Return the names that the module imports before anything else, not for checkers only."""
    outline = program.files.outline(path)
    items = outline.imports if outline is not None else ()
    return {item.bound for item in items if item.at_top and not item.type_checking}


def _annotations(module: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        for field in ("annotation", "returns"):
            found = getattr(node, field, None)
            if isinstance(found, ast.expr):
                yield found
