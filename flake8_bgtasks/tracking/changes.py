"""What may stand in the place of a class or function: subclasses, and what code assigns there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Module, NodeRef, ScopeRef, Thing

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program


def subclasses(program: Program) -> dict[ScopeRef, tuple[ScopeRef, ...]]:
    """Return the tracked classes below each class."""
    found: dict[ScopeRef, list[ScopeRef]] = {}
    for ref, scope in program.scopes:
        if scope.kind == "class":
            for base in program.evaluator.classes.order(ref)[1:]:
                if isinstance(base, Class):
                    found.setdefault(base.ref, []).append(ref)
    return {ref: tuple(subs) for ref, subs in found.items()}


def replaced(program: Program) -> frozenset[tuple[Thing, str]]:
    """Return the names of modules and classes that other modules assign to, tests aside."""
    return frozenset(
        (thing, event.name)
        for ref, scope in program.scopes
        for event in scope.events
        if isinstance(event, facts.StoredAttribute) and not program.is_test(ref.path)
        for thing in program.value(NodeRef(ref.path, ref.unit, event.base))
        if isinstance(thing, Module) or (isinstance(thing, Class) and thing.ref.path != ref.path)
    )
