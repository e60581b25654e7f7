"""The way a function's code can take: its statements as a tree of branches, loops and handlers.

Part of the facts of a scope. What a step evaluates is a range of nodes, `first` up to `end`;
code that can't be reached has no steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Span

NodeId = int


@dataclass(frozen=True)
class Do:
    """A simple statement or the head of another one; `value` is what it throws away."""

    first: NodeId
    end: NodeId
    value: NodeId | None = None


@dataclass(frozen=True)
class Leave:
    """`return` or `raise`; `value` is None for a bare one."""

    how: Literal["return", "raise"]
    first: NodeId
    end: NodeId
    value: NodeId | None
    span: Span


@dataclass(frozen=True)
class Jump:
    """`break` or `continue`."""

    how: Literal["break", "continue"]


@dataclass(frozen=True)
class Fork:
    """One of several branches: of `if` or `match`; an empty one goes on behind it."""

    branches: tuple[Block, ...]


@dataclass(frozen=True)
class Loop:
    """`for` or `while`; an `endless` one is left by `break` only."""

    body: Block
    orelse: Block
    endless: bool


@dataclass(frozen=True)
class Handler:
    """`except types:`; `types` is None for a bare one."""

    types: NodeId | None
    body: Block


@dataclass(frozen=True)
class Attempt:
    """`try`."""

    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block


@dataclass(frozen=True)
class Managed:
    """The body of `with managers:`."""

    managers: tuple[NodeId, ...]
    body: Block


Step = Do | Leave | Jump | Fork | Loop | Attempt | Managed
Block = tuple[Step, ...]
