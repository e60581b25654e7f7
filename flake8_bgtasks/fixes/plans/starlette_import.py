"""BGT302: import FastAPI's class in place of Starlette's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, Plan, ReplaceExpression, ReplaceImport, Symbol

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
    edits = list(_imports(supply.program, finding))
    if not edits:
        edits = [ReplaceExpression(Place(finding.path, finding.span), (_OURS,))]
    return Plan("safe", "import BackgroundTasks from fastapi", frozenset(edits))


def _imports(program: Program, finding: Finding) -> Iterator[Edit]:
    outline = program.files.outline(finding.path)
    statement = Place(finding.path, finding.span)
    for item in outline.imports if outline else ():
        if item.span == finding.span and item.name == _NAME and item.module in _STARLETTES:
            yield ReplaceImport(statement, item.bound, _OURS)
