"""Tracks a statement, all of it or without some bodies of functions, or one of those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Span
from flake8_bgtasks.tracking.builder import ScopeBuilder, UnitBuilder
from flake8_bgtasks.tracking.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import libcst as cst

    from flake8_bgtasks.project.bodies import FunctionBody
    from flake8_bgtasks.tracking.facts import Body, ScopeId
    from flake8_bgtasks.tracking.positions import Positions
    from flake8_bgtasks.tracking.unit import Part, Unit

_START = Span(1, 1, 1, 1)


def track(
    module: cst.Module,
    positions: Positions,
    read: Callable[[ScopeId], Body],
    left_out: Mapping[int, FunctionBody],
) -> Part:
    """Return the facts of one top-level statement, parsed alone as `module`.

    `left_out`: bodies that are missing in it, by the lines of their functions. `read` tells of a
    scope's body.
    """
    unit = UnitBuilder()
    top = unit.open(ScopeBuilder("module", "<module>", "", None, _START))
    tracker = Tracker(unit, positions, top, left_out)
    tracker.block(module.body)
    return unit.freeze(read)


def track_body(unit: Unit, number: ScopeId, node: cst.FunctionDef, positions: Positions) -> Part:
    """Return the facts of the body of a function that was left out."""
    scope = unit.scopes[number]
    part = UnitBuilder(unit.left_out[number].node, number + 1)
    part.scopes[number] = builder = ScopeBuilder(
        scope.kind,
        scope.name,
        scope.qualname,
        scope.parent,
        scope.span,
        parameters=scope.parameters,
    )
    Tracker(part, positions, number, {}).body(builder, node)
    return part.freeze(unit.body, number)
