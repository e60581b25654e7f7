"""Questions about the way through a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.steps import (
    Attempt,
    Do,
    Jump,
    Leave,
    Loop,
    Managed,
    Range,
    extent,
    steps_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.steps import Block, NodeId


def managed_blocks(block: Block) -> Iterator[tuple[tuple[NodeId, ...], NodeId, NodeId]]:
    """Yield the managers of each `with` block, and the first node of its body and its end."""
    for step in steps_in(block):
        if isinstance(step, Managed):
            yield (step.managers, *extent(step.body))


def sure_ranges(block: Block) -> Iterator[Range]:
    """Yield the ranges of nodes that are evaluated however the block comes to its end."""
    for step in block:
        if isinstance(step, Do):
            yield (step.first, step.end)
        elif isinstance(step, Managed):
            yield from sure_ranges(step.body)
    for step in steps_in(block):
        if isinstance(step, Attempt) and step.final:
            yield extent(step.final)


def may_leave_loops(block: Block) -> bool:
    """Return whether a loop may end before it has gone through everything, without an error."""
    return any(
        isinstance(inner, (Leave, Jump)) and inner.how in ("return", "break")
        for step in steps_in(block)
        if isinstance(step, Loop)
        for inner in steps_in(step.body)
    )


def handler_blocks(block: Block) -> Iterator[Range]:
    """Yield the extents of the `except` blocks."""
    for step in steps_in(block):
        for handler in step.handlers if isinstance(step, Attempt) else ():
            yield extent(handler.body)
