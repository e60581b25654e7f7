"""What a chain of calls is to be: how long, how it is called, and which mistake is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.generated.endings import ENDINGS, IN_WEBSOCKETS, Ending

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

# fmt: off
Kind = Literal[
    "right", "awaited", "attached", "dropped", "own", "fresh", "left out", "None passed",
    "shared", "on the response", "displaced", "websocket", "ending",
]
# fmt: on
# What is wrong with these is done by the path operation itself.
_IN_THE_ROUTE: tuple[Kind, ...] = ("on the response", "displaced", "websocket")


@dataclass(frozen=True)
class Plan:
    """What is to be written. Step 0 is the path operation, step `depth` adds the task.

    `turn` is the step where the instance is made, or that passes the wrong one: from there on it is
    handed down. `depends`: step 1 is a dependency of the path operation.
    """

    number: int
    depth: int
    kind: Kind
    turn: int
    sync_from: int
    ending: Ending
    depends: bool

    @property
    def is_passed_down(self) -> bool:
        """Whether the instance comes from FastAPI."""
        return self.kind in ("right", "ending", "displaced", "websocket")

    @property
    def is_handed_back(self) -> bool:
        """Whether the steps return the instance up to the path operation."""
        return self.kind in ("attached", "dropped")

    @property
    def is_made(self) -> bool:
        """Whether a step makes an instance that has a name."""
        kinds = ("own", "awaited", "attached", "dropped", "shared", "on the response")
        return self.kind in kinds

    def takes(self, step: int) -> bool:
        """Return whether a step has a parameter for the instance."""
        if self.is_passed_down:
            return step > 0 or not self.depends
        return step > self.turn

    def is_async(self, step: int) -> bool:
        return step < self.sync_from


def plan(random: Random, number: int) -> Plan:
    """Choose a chain."""
    depth = random.choice((0, 1, 1, 2, 2, 3, 4))
    kind = random.choice(_kinds(depth))
    lowest = 1 if kind in ("attached", "dropped") else 0
    last = depth - 1 if kind in ("fresh", "left out", "None passed") else depth
    turn = 0 if kind in _IN_THE_ROUTE else random.randint(lowest, last)
    ending = random.choice(_endings(kind))
    earliest = depth if ending.needs_async else turn if kind == "awaited" else -1
    sync_from = random.randint(max(earliest, 0 if kind == "websocket" else -1) + 1, depth + 1)
    may_depend = depth > 0 and not (kind not in ("right", "ending") and turn == 0)
    depends = may_depend and kind not in ("attached", "dropped") and random.random() < 0.3
    return Plan(number, depth, kind, turn, sync_from, ending, depends)


def _endings(kind: Kind) -> Sequence[Ending]:
    if kind == "websocket":
        return IN_WEBSOCKETS
    return [e for e in ENDINGS if (e.code is None) == (kind != "ending")] or ENDINGS


def _kinds(depth: int) -> tuple[Kind, ...]:
    if depth == 0:
        return ("right", "awaited", "own", "ending", "shared", *_IN_THE_ROUTE)
    return (
        *("right", "right", "awaited", "attached", "dropped", "own"),
        *("fresh", "left out", "None passed", "ending", "ending", "ending", "shared"),
        *_IN_THE_ROUTE,
    )
