"""Code that runs only if an optional parameter says so: `if notify:` with `notify=False`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.steps import Fork, Leave, extent, steps_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.binding import Binder, Site
    from flake8_bgtasks.tracking.things import NodeRef
    from flake8_bgtasks.tracking.units import Units


def is_switched(units: Units, ref: NodeRef, name: str) -> bool:
    """Return whether a test of an optional parameter other than `name` decides on a node."""
    scope = units.scope(units.owner(ref))
    switches = {p.name for p in scope.parameters if p.default is not None} - {name}
    return _is_decided(units, ref, switches)


def is_flagged(units: Units, ref: NodeRef) -> bool:
    """Return whether a test of a parameter that is True or False by default decides on a node."""
    flags = {
        parameter.name
        for parameter in units.scope(units.owner(ref)).parameters
        if parameter.default is not None
        and _truth(units.node(ref._replace(node=parameter.default))) is not None
    }
    return _is_decided(units, ref, flags)


def may_be_left_out(binder: Binder, units: Units, ref: NodeRef, site: Site) -> bool:
    """Return whether a call may never come to a node, for a literal that it passes.

    `if stream:` is decided by `send(stream=False)`, and by the default where `stream` is left out.
    Any other test of a parameter that gets a literal may go either way.
    """
    for fork, branch in _forks_around(units, ref):
        for name in _read(units, ref, fork.test):
            given = _literal(binder, units, ref, site, name)
            if given is None:
                continue
            tested = units.node(ref._replace(node=fork.test)) if fork.test is not None else None
            if not isinstance(tested, facts.Parameter) or _truth(given) != (branch == 0):
                return True
    return False


def _literal(
    binder: Binder, units: Units, ref: NodeRef, site: Site, name: str
) -> facts.Constant | None:
    """Return the literal that a call passes to a parameter, itself or by leaving it out."""
    argument = binder.argument_for(site, name)
    value = argument.value if argument is not None else None
    for declared in units.scope(site.function).parameters if value is None else ():
        if declared.name == name and declared.default is not None and site.is_exact:
            value = ref._replace(node=declared.default)
    node = units.node(value) if value is not None else None
    return node if isinstance(node, facts.Constant) else None


def _truth(node: facts.Node) -> bool | None:
    kind = node.kind if isinstance(node, facts.Constant) else None
    return kind == "true" if kind in ("true", "false") else None


def _is_decided(units: Units, ref: NodeRef, switches: set[str]) -> bool:
    if not switches:
        return False
    return any(
        not switches.isdisjoint(_read(units, ref, fork.test))
        for fork, _ in _forks_around(units, ref)
    )


def _forks_around(units: Units, ref: NodeRef) -> Iterator[tuple[Fork, int]]:
    """Yield the `if`s that decide on a node, and which branch leads there."""
    for step in steps_in(units.scope(units.owner(ref)).steps):
        if isinstance(step, Fork) and step.test is not None:
            branch = _branch_to(step, ref.node)
            if branch is not None:
                yield step, branch


def _branch_to(fork: Fork, node: int) -> int | None:
    """Return the branch that a node is in, or that leads to it since another one leaves."""
    extents = [extent(branch) for branch in fork.branches]
    for number, (first, end) in enumerate(extents):
        if first <= node < end:
            return number
    leaves = [bool(branch) and isinstance(branch[-1], Leave) for branch in fork.branches]
    if any(leaves) and node >= max(end for _, end in extents):
        return leaves.index(False) if False in leaves else 0
    return None


def _read(units: Units, ref: NodeRef, test: int | None) -> set[str]:
    """Return the parameters that a test reads."""
    tests = () if test is None else (ref._replace(node=test),)
    return {node.name for _, node in units.made_of(*tests) if isinstance(node, facts.Parameter)}
