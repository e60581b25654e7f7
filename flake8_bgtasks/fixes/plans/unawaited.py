"""BGT505: an async helper that is called without `await`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import MakeAsync, Place, ReplaceExpression, Source, place_of
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread

_ONLY_ASYNC = "it can only be awaited in an 'async def' function"


def awaited(supply: Supply, path: str, tree: Tree, call: ast.Call) -> frozenset[Edit]:
    """Return the edits that await a helper; a path operation that does nothing else turns async.

    Raises Refused.
    """
    function = next((f for f in tree.around(call) if isinstance(f, FUNCTIONS)), None)
    if not isinstance(tree.parents[call], ast.Expr):
        raise Refused(_ONLY_ASYNC)
    place = Place(path, tree.span(call))
    edit = ReplaceExpression(place, ("await ", Source(place)))
    if isinstance(function, ast.AsyncFunctionDef):
        return frozenset({edit})
    if not isinstance(function, ast.FunctionDef):
        raise Refused(_ONLY_ASYNC)
    made = supply.search(lambda thread: _made_async(thread, path, tree, function))
    return frozenset({edit, made})


def _made_async(thread: Thread, path: str, tree: Tree, function: ast.FunctionDef) -> MakeAsync:
    """Return the edit for a path operation in which nothing can block the event loop."""
    program, span = thread.program, tree.span(function)
    ref = next(r for r, s in program.scopes if r.path == path and s.span == span)
    calls = [n for statement in function.body for n in ast.walk(statement)]
    alone = sum(isinstance(node, ast.Call) for node in calls) == 1
    if program.roles.kinds(ref) != {"route"} or not alone or thread.calls(ref):
        raise Refused(_ONLY_ASYNC)
    return MakeAsync(place_of(program, ref))
