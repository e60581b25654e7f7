"""Code that runs only if an optional parameter says so: `if notify:` with `notify=False`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.facts import operands
from flake8_bgtasks.tracking.steps import Fork, Leave, extent, steps_in

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.things import NodeRef
    from flake8_bgtasks.tracking.units import Units


def is_switched(units: Units, ref: NodeRef, name: str) -> bool:
    """Return whether a test of an optional parameter other than `name` decides on a node."""
    scope = units.scope(units.owner(ref))
    switches = {p.name for p in scope.parameters if p.default is not None} - {name}
    return _is_decided(units, ref, switches)


def is_flagged(units: Units, ref: NodeRef) -> bool:
    """Return whether a test of a parameter that is True or False by default decides on a node."""
    flag = facts.Constant("other", "bool")
    flags = {
        parameter.name
        for parameter in units.scope(units.owner(ref)).parameters
        if parameter.default is not None
        and units.node(ref._replace(node=parameter.default)) == flag
    }
    return _is_decided(units, ref, flags)


def _is_decided(units: Units, ref: NodeRef, switches: set[str]) -> bool:
    scope = units.scope(units.owner(ref))
    if not switches:
        return False
    return any(
        _decides_on(step, ref.node) and not switches.isdisjoint(_read(units, ref, step.test))
        for step in steps_in(scope.steps)
        if isinstance(step, Fork) and step.test is not None
    )


def _decides_on(fork: Fork, node: int) -> bool:
    """Return whether a node is in a branch, or comes after a fork of which a branch leaves."""
    extents = [extent(branch) for branch in fork.branches]
    if any(first <= node < end for first, end in extents):
        return True
    leaves = any(branch and isinstance(branch[-1], Leave) for branch in fork.branches)
    return leaves and node >= max(end for _, end in extents)


def _read(units: Units, ref: NodeRef, test: int | None) -> set[str]:
    """Return the parameters that a test reads."""
    found: set[str] = set()
    pending = [] if test is None else [test]
    while pending:
        node = units.node(ref._replace(node=pending.pop()))
        if isinstance(node, facts.Parameter):
            found.add(node.name)
        pending.extend(operands(node))
    return found
