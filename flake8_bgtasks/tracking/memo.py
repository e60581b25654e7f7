"""Answers that are computed once, also where they depend on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.things import EMPTY, UNKNOWN, NodeRef, Thing, Things, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.tracking.units import Units

MAX_DEPTH = 40
"""Longer chains of names and calls than this are not followed: their end is unknown."""


class Memo:
    """Keeps what nodes stand for; within a circle only the outermost answer is kept."""

    def __init__(self, units: Units, names: Names, relevant: Collection[str]) -> None:
        self.units = units
        self.names = names
        self._relevant = frozenset(relevant)
        self._deep = False
        self._values: dict[NodeRef, Things] = {}
        self._types: dict[NodeRef, Things] = {}
        self._deep_values: dict[NodeRef, Things] = {}
        self._open: dict[tuple[str, NodeRef], int] = {}
        self._lowest: list[int] = []

    def forget(self) -> None:
        """Drop the kept answers."""
        self._values.clear()
        self._types.clear()
        self._deep_values.clear()

    def value(self, ref: NodeRef) -> Things:
        """Return what the node stands for; never empty."""
        return self.inner_value(ref, ref.node) or UNKNOWN

    def deep_value(self, ref: NodeRef) -> Things:
        """Return what a decorator, base class or task stands for, wherever it is defined.

        Other functions and classes of files that don't matter stay unknown: nothing depends on
        them, and to read them all takes long.
        """
        before, self._deep = self._deep, True
        kept, self._values = self._values, self._deep_values
        try:
            return self.value(ref)
        finally:
            self._deep, self._values = before, kept

    def type_of(self, ref: NodeRef) -> Things:
        """Return what a value annotated with the node is: instances, or unknown."""
        return self.guarded("type", ref, self._types, self.compute_type) or UNKNOWN

    def guarded(
        self,
        kind: str,
        ref: NodeRef,
        kept: dict[NodeRef, Things],
        compute: Callable[[NodeRef], Things],
    ) -> Things:
        """Compute an answer once. One that met itself on the way is part of a circle: not kept."""
        if ref in kept:
            return kept[ref]
        key = (kind, ref)
        depth = len(self._open)
        if key in self._open or depth >= MAX_DEPTH:
            if self._lowest:
                self._lowest[-1] = min(self._lowest[-1], self._open.get(key, 0))
            return EMPTY if key in self._open else UNKNOWN
        self._open[key] = depth
        self._lowest.append(depth)
        found = compute(ref)
        lowest = self._lowest.pop()
        del self._open[key]
        if lowest >= depth:
            kept[ref] = found
        elif self._lowest:
            self._lowest[-1] = min(self._lowest[-1], lowest)
        return found

    def inner_value(self, ref: NodeRef, node: int) -> Things:
        """Evaluate another node of the same unit; empty inside a circle."""
        inner = ref._replace(node=node)
        return self.guarded("value", inner, self._values, self.compute_value)

    def union(self, parts: Iterable[Things]) -> Things:
        found: set[Thing] = set()
        for part in parts:
            found |= part
        return frozenset(found)

    def compute_value(self, ref: NodeRef) -> Things:
        """Find out what a node stands for; empty inside a circle."""
        raise NotImplementedError

    def compute_type(self, ref: NodeRef) -> Things:
        """Find out what a value annotated with a node is; empty inside a circle."""
        raise NotImplementedError

    def injected(self, ref: NodeRef) -> Things:
        """Return what `Depends(f)` gives; empty where the node is no such call."""
        raise NotImplementedError


def is_useful(things: Things) -> bool:
    """Return whether every possibility is known."""
    return bool(things) and Unknown() not in things
