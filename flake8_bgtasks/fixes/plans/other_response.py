"""BGT405: give the tasks to the response that is returned, not to the one that is ignored."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import PassArgument, Place, RemoveStatement, Source
from flake8_bgtasks.fixes.plans.carried import returns_behind
from flake8_bgtasks.fixes.plans.remarks import check_copied
from flake8_bgtasks.fixes.supply import Refused

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program

_ELSEWHERE = "the instance is made elsewhere"


def moved_over(thread: Thread, path: str, statement: ast.Assign) -> frozenset[Edit]:
    """`response.background = x` and `return Response(…)` become `return Response(…, background=x)`.

    Raises Refused unless a response without background is returned right behind.
    """
    tree = thread.workspace.syntax.known(path)
    value = statement.value
    returned = returns_behind(tree, statement)[0]
    response = returned.value
    beside = tree.parents[returned] is tree.parents[statement]
    if not beside or not isinstance(response, ast.Call):
        raise Refused(_ELSEWHERE)
    if not _can_carry(thread.program, path, tree, response):
        raise Refused("the response that is returned may not take them")
    if isinstance(value, ast.Call):
        check_copied(tree, value)
    given = Source(Place(path, tree.span(value)))
    return frozenset(
        {
            RemoveStatement(Place(path, tree.span(statement))),
            PassArgument(Place(path, tree.span(response)), (given,), keyword="background"),
        }
    )


def _can_carry(program: Program, path: str, tree: Tree, response: ast.Call) -> bool:
    """Return whether a call makes a response that has no background yet."""
    if any(k.arg in ("background", None) for k in response.keywords) or len(response.args) > 1:
        return False
    span = tree.span(response)
    called = [
        program.value(ref._replace(node=call.function))
        for ref, call in program.calls
        if ref.path == path and program.span(ref) == span
    ]
    return all(program.is_response_class(thing) for things in called for thing in things)
