"""How instances are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import External, Instance

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def is_plainly_made(program: Program, birth: NodeRef) -> bool:
    """Return whether an instance is of FastAPI's class itself, and empty."""
    node = program.units.node(birth)
    plain = all(
        isinstance(thing, Instance) and isinstance(thing.cls, External)
        for thing in program.value(birth)
    )
    given = node.arguments if isinstance(node, facts.Call) else ()
    return plain and all(_is_empty(program, birth._replace(node=a.value)) for a in given)


def _is_empty(program: Program, ref: NodeRef) -> bool:
    node = program.units.node(ref)
    return (isinstance(node, facts.Constant) and node.kind == "none") or (
        isinstance(node, facts.Collection) and not node.items
    )
