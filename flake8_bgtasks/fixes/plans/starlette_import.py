"""BGT302: import FastAPI's class in place of Starlette's."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    ReplaceAnnotation,
    ReplaceExpression,
    ReplaceImport,
    Symbol,
)
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.tracking.program import Program

_NAME = "BackgroundTasks"
_OURS = Symbol("fastapi", _NAME)
_STARLETTES = frozenset({"starlette.background"})


def plan(supply: Supply, finding: Finding) -> Plan:
    """Take the name from `fastapi`, whatever the file calls it."""
    edits = list(_imports(supply.program, finding)) or [_use(supply, finding)]
    return Plan("safe", "import BackgroundTasks from fastapi", frozenset(edits))


def _use(supply: Supply, finding: Finding) -> Edit:
    """Return the edit of `background.BackgroundTasks`, which may stand in quotes."""
    path, tree = finding.path, supply.workspace.syntax.known(finding.path)
    found = tree.at.get(finding.span, [])
    if any(isinstance(node, (ast.Attribute, ast.Name)) for node in found):
        return ReplaceExpression(Place(path, finding.span), (_OURS,))
    for function in (node for node in found if isinstance(node, FUNCTIONS)):
        for argument in ast.walk(function.args):
            if isinstance(argument, ast.arg) and _is_quoted(argument.annotation):
                return ReplaceAnnotation(Place(path, finding.span), argument.arg, (_OURS,))
    raise Refused("the name stands in a string")


def _is_quoted(annotation: ast.expr | None) -> bool:
    text = annotation.value if isinstance(annotation, ast.Constant) else None
    return isinstance(text, str) and text.endswith(f".{_NAME}")


def _imports(program: Program, finding: Finding) -> Iterator[Edit]:
    outline = program.files.outline(finding.path)
    statement = Place(finding.path, finding.span)
    for item in outline.imports if outline else ():
        if item.span == finding.span and item.name == _NAME and item.module in _STARLETTES:
            yield ReplaceImport(statement, item.bound, _OURS)
