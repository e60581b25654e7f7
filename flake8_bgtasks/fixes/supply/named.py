"""The places of a program where a name stands, found once for all fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

    Named = facts.Free | facts.Attribute | facts.Imported


def named(program: Program) -> dict[str, list[tuple[NodeRef, Named]]]:
    """Return the variables, attributes and imports of a program by their names, for `once`."""
    found: dict[str, list[tuple[NodeRef, Named]]] = {}
    for ref, node in program.nodes:
        if isinstance(node, facts.Free | facts.Attribute | facts.Imported) and node.name:
            found.setdefault(node.name, []).append((ref, node))
    return found
