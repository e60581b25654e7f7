"""Whether anything in a project runs background tasks itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.project.exports import TASKS_NAME
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.units import leaves

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def runs_instances(program: Program) -> bool:
    """Return whether an instance from elsewhere, or what is named like one, is called."""
    return any(
        not call.arguments and _may_be_tasks(program, ref._replace(node=call.function))
        for ref, call in program.calls
        if not program.is_test(ref.path)
    )


def _may_be_tasks(program: Program, ref: NodeRef) -> bool:
    return any(_is_tasks(program, leaf) for leaf in leaves(program.units, ref, narrowed=True))


def _is_tasks(program: Program, ref: NodeRef) -> bool:
    match program.units.node(ref):
        case facts.Parameter(name=name) | facts.Free(name=name) | facts.Attribute(name=name):
            things = program.value(ref)
            if any(program.is_tasks_class(thing) for thing in things):
                return False
            return program.is_task_object(things) or bool(TASKS_NAME.fullmatch(name))
    return False
