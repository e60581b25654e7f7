"""Whether a subclass of `BackgroundTasks` keeps its tasks for a response, or starts them itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.things import Class

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef, Thing


def queues_tasks(program: Program, cls: Thing) -> bool:
    """Return whether a class has the `add_task` of FastAPI, or one of its own that calls it."""
    if not isinstance(cls, Class):
        return True
    for base in program.evaluator.classes.order(cls.ref):
        if isinstance(base, Class) and "add_task" in program.units.scope(base.ref).bindings:
            return _passes_on(program, base.ref)
    return True


def _passes_on(program: Program, cls: ScopeRef) -> bool:
    """Return whether a class's own `add_task` calls another one, or fills the list itself."""
    methods = {
        ref
        for ref, scope in program.scopes
        if scope.name == "add_task" and program.evaluator.classes.class_of(ref) == cls
    }
    reads = (r for name in ("add_task", "tasks") for r in program.links.attributes.get(name, ()))
    owners = (program.units.owner(read) for read in reads)
    return any(not methods.isdisjoint((owner, *program.units.above(owner))) for owner in owners)
