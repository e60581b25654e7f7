"""BGT306: have the name of an annotation exist when the app runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    BindImport,
    Place,
    Plan,
    RemoveImport,
    ReplaceAnnotation,
    Symbol,
    place_of,
)
from flake8_bgtasks.fixes.plans.common import declaration_at
from flake8_bgtasks.fixes.plans.postponed import evaluated_at_once
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.spelled import TASKS, tasks_class
from flake8_bgtasks.tracking.runtime import missing_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.project.outline import Import
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program

_FROM = ("fastapi", "fastapi.background")


def plan(supply: Supply, finding: Finding) -> Plan:
    """Import the class at module level, or annotate with it where the name came from elsewhere."""
    check_file(supply.workspace, finding.path)
    declared = declaration_at(supply.program, finding)
    edits = frozenset(_edits(supply, declared))
    return Plan("safe", "import BackgroundTasks where the app runs", edits)


def _edits(supply: Supply, declared: Declaration) -> Iterator[Edit]:
    program, path = supply.program, declared.scope.path
    name = missing_name(program, declared)
    if name is None and _postpones(program, path):
        yield evaluated_at_once(program, supply.workspace.syntax.known(path), path)
        return
    items = [item for item in _imports(program, path) if item.bound == name]
    if items and all(_is_fastapis(item) for item in items):
        first = items[0]
        yield BindImport(path, first.bound, Symbol(first.module, first.name or ""))
        for item in items:
            if not item.at_top and not item.type_checking:
                yield RemoveImport(Place(path, item.span), item.bound)
    elif items and name == TASKS.name:
        yield BindImport(path, name, TASKS)
        for item in items:
            yield RemoveImport(Place(path, item.span), item.bound)
    else:
        function = place_of(program, declared.scope)
        yield ReplaceAnnotation(function, declared.parameter.name, tasks_class(program, path))


def _postpones(program: Program, path: str) -> bool:
    outline = program.files.outline(path)
    return outline is not None and outline.postponed


def _imports(program: Program, path: str) -> tuple[Import, ...]:
    outline = program.files.outline(path)
    return outline.imports if outline is not None else ()


def _is_fastapis(item: Import) -> bool:
    return item.module in _FROM and item.name == "BackgroundTasks" and not item.level
