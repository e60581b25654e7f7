"""Questions about the way through a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.steps import Attempt, Do, Fork, Leave, Loop, Managed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.steps import Block, NodeId, Step

Range = tuple["NodeId", "NodeId"]


def blocks_of(step: Step) -> tuple[Block, ...]:
    """Return the blocks in a step, in the order of the source."""
    match step:
        case Fork(branches=branches):
            return branches
        case Loop(body=body, orelse=orelse):
            return (body, orelse)
        case Attempt(body=body, handlers=handlers, orelse=orelse, final=final):
            return (body, *(handler.body for handler in handlers), orelse, final)
        case Managed(body=body):
            return (body,)
    return ()


def steps_in(block: Block) -> Iterator[Step]:
    """Yield the steps of a block and of the blocks in it."""
    for step in block:
        yield step
        for inner in blocks_of(step):
            yield from steps_in(inner)


def extent(block: Block) -> Range:
    """Return the first node of a block and the one behind its last; `(0, 0)` for an empty one."""
    ends = [(s.first, s.end) for s in steps_in(block) if isinstance(s, (Do, Leave))]
    return (min(first for first, _ in ends), max(end for _, end in ends)) if ends else (0, 0)


def managed_blocks(block: Block) -> Iterator[tuple[tuple[NodeId, ...], NodeId, NodeId]]:
    """Yield the managers of each `with` block, and the first node of its body and its end."""
    for step in steps_in(block):
        if isinstance(step, Managed):
            yield (step.managers, *extent(step.body))


def handler_blocks(block: Block) -> Iterator[Range]:
    """Yield the extents of the `except` blocks."""
    for step in steps_in(block):
        for handler in step.handlers if isinstance(step, Attempt) else ():
            yield extent(handler.body)
