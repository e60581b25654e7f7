"""How a file calls `BackgroundTasks` already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Symbol, Text
from flake8_bgtasks.tracking import known

if TYPE_CHECKING:
    from flake8_bgtasks.project.outline import Import
    from flake8_bgtasks.tracking.program import Program

TASKS = Symbol("fastapi", "BackgroundTasks")


def tasks_class(program: Program, path: str) -> Text:
    """Return the class as a file that imports it from elsewhere names it, else by its symbol."""
    outline = program.files.outline(path)
    for item in outline.imports if outline else ():
        if not item.at_top or item.type_checking or item.guarded or item.name in (None, "*"):
            continue
        if _means_the_class(program, path, item):
            direct = not item.level and (item.module, item.name) == (TASKS.module, TASKS.name)
            return (TASKS,) if direct else (item.bound,)
    return (TASKS,)


def _means_the_class(program: Program, path: str, item: Import) -> bool:
    outline = program.files.outline(path)
    if outline is None or len(outline.bindings.get(item.bound, ())) != 1:
        return False
    things = program.evaluator.targets(program.names.imported(path, item))
    return all(known.is_external(thing, known.TASKS_CLASSES) for thing in things)
