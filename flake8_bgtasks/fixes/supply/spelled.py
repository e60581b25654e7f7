"""How a file calls `BackgroundTasks` already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Symbol, Text
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import known

if TYPE_CHECKING:
    from flake8_bgtasks.project.outline import Import
    from flake8_bgtasks.tracking.program import Program

TASKS = Symbol("fastapi", "BackgroundTasks")


def tasks_class(program: Program, path: str) -> Text:
    """Return the class as a file that imports it from elsewhere names it, else by its symbol.

    Raises Refused where an import at the top might fail: the file takes care that it needs none.
    """
    outline = program.files.outline(path)
    imports = outline.imports if outline else ()
    for item in imports:
        if not _is_sure(item) or item.name in (None, "*"):
            continue
        if _means_the_class(program, path, item):
            direct = not item.level and (item.module, item.name) == (TASKS.module, TASKS.name)
            return (TASKS,) if direct else (item.bound,)
    ours = [item for item in imports if item.module.partition(".")[0] == TASKS.module]
    ours = [item for item in ours if not item.type_checking]
    if ours and not any(map(_is_sure, ours)):
        raise Refused(f"{path} imports FastAPI only where it is used, as if it may be missing")
    return (TASKS,)


def _is_sure(item: Import) -> bool:
    """Return whether the module does not get by without an import."""
    return item.at_top and not item.type_checking and not item.guarded


def _means_the_class(program: Program, path: str, item: Import) -> bool:
    outline = program.files.outline(path)
    if outline is None or len(outline.bindings.get(item.bound, ())) != 1:
        return False
    things = program.evaluator.targets(program.names.imported(path, item))
    return all(known.is_external(thing, known.TASKS_CLASSES) for thing in things)
