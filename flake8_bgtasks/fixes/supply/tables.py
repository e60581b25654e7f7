"""What all fixes look up in a program, found in one go: arguments for `Program.once`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

    Named = facts.Free | facts.Attribute | facts.Imported

DYNAMIC = frozenset({"getattr", "methodcaller", "attrgetter"})
"""Functions that get at others by name."""


def named(program: Program) -> dict[str, list[tuple[NodeRef, Named]]]:
    """Return the variables, attributes and imports of a program by their names."""
    found: dict[str, list[tuple[NodeRef, Named]]] = {}
    for ref, node in program.nodes:
        if isinstance(node, (facts.Free, facts.Attribute, facts.Imported)) and node.name:
            found.setdefault(node.name, []).append((ref, node))
    return found


def made_by(program: Program) -> dict[ScopeRef, list[NodeRef]]:
    """Return the instances and single tasks that are made, by the function that they are made in.

    Those of a lambda are the function's around it, too.
    """
    found: dict[ScopeRef, list[NodeRef]] = {}
    for made in (*program.instances.tasks, *program.instances.single):
        for scope in {program.units.owner(made), program.function_around(made)}:
            found.setdefault(scope, []).append(made)
    return found


def calls_at(program: Program) -> dict[tuple[str, Span], list[NodeRef]]:
    """Return the calls by where they stand."""
    found: dict[tuple[str, Span], list[NodeRef]] = {}
    for ref, _ in program.calls:
        found.setdefault((ref.path, program.span(ref)), []).append(ref)
    return found


def dynamic_calls(program: Program) -> list[tuple[NodeRef, facts.Call]]:
    """Return the calls that get at something by name."""
    return [(ref, call) for ref, call in program.calls if _is_dynamic(program, ref, call)]


def _is_dynamic(program: Program, ref: NodeRef, call: facts.Call) -> bool:
    called = program.value(ref._replace(node=call.function))
    return any(getattr(thing, "name", "").rpartition(".")[2] in DYNAMIC for thing in called)
