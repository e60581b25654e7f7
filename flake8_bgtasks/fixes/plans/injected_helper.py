"""BGT203: write `Depends(helper)` where FastAPI reads it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    ReplaceDefault,
    ReplaceExpression,
    Source,
)
from flake8_bgtasks.fixes.plans.asked import asks_the_client
from flake8_bgtasks.fixes.plans.marker_in_body import from_body
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.dependency_parameter import DEPENDS
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.tracking.program import Program


def plan(supply: Supply, finding: Finding) -> Plan:
    """Hand the helper itself to `Depends`; unsafe where that makes it ask the client for more."""
    check_file(supply.workspace, finding.path)
    tree = supply.workspace.syntax.known(finding.path)
    node = next(n for n in tree.at[finding.span] if isinstance(n, (ast.expr, ast.arg)))
    if isinstance(node, ast.arg):
        helper, edits = _default(tree, finding.path, node)
    elif not isinstance(node, ast.Call):
        helper, place = node, Place(finding.path, finding.span)
        edits = [ReplaceExpression(place, _depends(Source(place)))]
    elif _is_depends(supply.program, finding):
        return from_body(supply, finding, node)
    else:
        helper, edits = node.func, _uncalled(tree, finding.path, node)
    asks = asks_the_client(supply.program, finding.path, tree, helper)
    return Plan("unsafe" if asks else "safe", "let FastAPI call the helper", frozenset(edits))


def _depends(helper: Source) -> Text:
    return (DEPENDS, "(", helper, ")")


def _is_depends(program: Program, finding: Finding) -> bool:
    return any(
        program.is_depends_call(ref, call)
        for ref, call in program.calls
        if ref.path == finding.path and program.span(ref) == finding.span
    )


def _uncalled(tree: Tree, path: str, call: ast.Call) -> list[Edit]:
    """`Depends(helper())` becomes `Depends(helper)`."""
    if call.args or call.keywords:
        raise Refused("the helper is called with arguments")
    helper = Source(Place(path, tree.span(call.func)))
    return [ReplaceExpression(Place(path, tree.span(call)), (helper,))]


def _default(tree: Tree, path: str, node: ast.arg) -> tuple[ast.expr, list[Edit]]:
    """`parameter=helper` becomes `parameter=Depends(helper)`."""
    function = next(f for f in tree.around(node) if isinstance(f, FUNCTIONS))
    default = next(value for name, value in _defaults(function.args) if name is node)
    for inner in ast.walk(function):
        if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == node.arg:
            raise Refused(f"{path}:{inner.lineno} calls the parameter")
    text = _depends(Source(Place(path, tree.span(default))))
    return default, [ReplaceDefault(Place(path, tree.span(function)), node.arg, text)]


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    yield from zip(reversed(positional), reversed(arguments.defaults), strict=False)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield argument, default
