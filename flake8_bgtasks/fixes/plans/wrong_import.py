"""BGT308: take the class from where it is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    RemoveImport,
    ReplaceAnnotation,
    ReplaceExpression,
    ReplaceImport,
    Symbol,
)
from flake8_bgtasks.fixes.plans.responses import added_instead
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.spelled import TASKS
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS
from flake8_bgtasks.fixes.supply.tables import calls_at
from flake8_bgtasks.tracking.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.project.outline import Import

_SINGLE = Symbol("starlette.background", "BackgroundTask")
_NAMES = ("BackgroundTask", "BackgroundTasks")
_RIGHT = frozenset(
    {
        ("fastapi", "BackgroundTasks"),
        ("fastapi.background", "BackgroundTasks"),
        ("starlette.background", "BackgroundTasks"),
        ("starlette.background", "BackgroundTask"),
        ("starlette.responses", "BackgroundTask"),
    }
)


def plan(supply: Supply, finding: Finding) -> Plan:
    """Import `BackgroundTasks` from FastAPI, and use it for what the missing name was meant for."""
    check_file(supply.workspace, finding.path)
    outline = supply.program.files.outline(finding.path)
    items = [i for i in outline.imports if i.span == finding.span] if outline else []
    edits = frozenset(edit for item in items for edit in _edits(supply, finding.path, item))
    return Plan("safe", "import BackgroundTasks from fastapi", edits)


def _edits(supply: Supply, path: str, item: Import) -> Iterator[Edit]:
    statement = Place(path, item.span)
    if item.name is None:
        yield RemoveImport(statement, item.bound)
        yield from _attributes(supply.workspace.syntax.known(path), path, item)
    elif item.name in _NAMES and (item.module, item.name) not in _RIGHT:
        if item.name == TASKS.name:
            yield ReplaceImport(statement, item.bound, TASKS)
        else:
            yield from _single(supply, path, item)


def _attributes(tree: Tree, path: str, item: Import) -> Iterator[Edit]:
    """Yield the edits for `module.BackgroundTasks` where the module itself does not exist."""
    for node in ast.walk(tree.body):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == item.module:
            if node.attr != TASKS.name:
                raise Refused(f"it is not known what {ast.unparse(node)} means")
            yield ReplaceExpression(Place(path, tree.span(node)), (TASKS,))


def _single(supply: Supply, path: str, item: Import) -> Iterator[Edit]:
    """Yield the edits for `BackgroundTask`: an injected parameter, or a task of a response."""
    tree = supply.workspace.syntax.known(path)
    statement = Place(path, item.span)
    kept = False
    for node in ast.walk(tree.body):
        if not isinstance(node, ast.Name) or node.id != item.bound:
            continue
        parent = tree.parents[node]
        if isinstance(parent, ast.Call) and parent.func is node:
            call = Place(path, tree.span(parent))
            if _can_be_injected(supply, call):
                yield from added_instead(supply, call)
            else:
                kept = True
        elif isinstance(parent, ast.arg):
            function = next(f for f in tree.around(parent) if isinstance(f, FUNCTIONS))
            yield ReplaceAnnotation(Place(path, tree.span(function)), parent.arg, (TASKS,))
        else:
            raise Refused(f"it is not known what BackgroundTask means in {path}:{node.lineno}")
    yield (
        ReplaceImport(statement, item.bound, _SINGLE)
        if kept
        else RemoveImport(statement, item.bound)
    )


def _can_be_injected(supply: Supply, call: Place) -> bool:
    """Return whether a task is made where an instance could be injected: not in a handler."""
    program = supply.program
    places = program.once(Places)
    return any(
        places.can_be_injected(places.of(ref))
        for ref in program.once(calls_at).get((call.path, call.span), ())
    )
