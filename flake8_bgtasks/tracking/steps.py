"""The way a function's code can take: its statements as a tree of branches, loops and handlers.

Part of the facts of a scope. What a step evaluates is a range of nodes, `first` up to `end`;
code that can't be reached has no steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span

NodeId = int
Range = tuple[NodeId, NodeId]


class Do(NamedTuple):
    """A simple statement or the head of another one; `value` is what it throws away."""

    first: NodeId
    end: NodeId
    value: NodeId | None = None


class Leave(NamedTuple):
    """`return` or `raise`; `value` is None for a bare one."""

    how: Literal["return", "raise"]
    first: NodeId
    end: NodeId
    value: NodeId | None
    span: Span


class Jump(NamedTuple):
    """`break` or `continue`."""

    how: Literal["break", "continue"]


class Fork(NamedTuple):
    """One of several branches: of `if` or `match`; an empty one goes on behind it.

    `test` is the condition of an `if`.
    """

    branches: tuple[Block, ...]
    test: NodeId | None = None


class Loop(NamedTuple):
    """`for` or `while`; an `endless` one is left by `break` only."""

    body: Block
    orelse: Block
    endless: bool


class Handler(NamedTuple):
    """`except types:`; `types` is None for a bare one."""

    types: NodeId | None
    body: Block


class Attempt(NamedTuple):
    """`try`."""

    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block


class Managed(NamedTuple):
    """The body of `with managers:`."""

    managers: tuple[NodeId, ...]
    body: Block


Step = Do | Leave | Jump | Fork | Loop | Attempt | Managed
Block = tuple[Step, ...]


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
