"""BGT304: two parameters for the one instance of a request become one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, RemoveParameter, ReplaceExpression, place_of
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking.declarations import declaration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program


def merged(supply: Supply, second: Declaration) -> Iterator[Edit]:
    """Yield the edits that drop a parameter and read the first one instead."""
    program, function = supply.program, second.scope
    first, name = _first(program, second), second.parameter.name
    if supply.search(lambda thread: thread.calls(function)):
        raise Refused(f"calls pass {name!r}, too")
    tree = supply.workspace.syntax.known(function.path)
    node = tree.function(program.units.scope(function).span)
    assert not isinstance(node, ast.Lambda)
    yield RemoveParameter(place_of(program, function), name)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == name:
            if not isinstance(inner.ctx, ast.Load):
                raise Refused(f"{name!r} is given another value")
            yield ReplaceExpression(Place(function.path, tree.span(inner)), (first,))


def _first(program: Program, second: Declaration) -> str:
    signature = program.evaluator.classes.signature(second.scope)
    return next(p.name for p in signature if declaration(program, second.scope, p).is_injectable)
