"""Answers that are computed once, also where they depend on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flake8_bgtasks.tracking.things import EMPTY, UNKNOWN, NodeRef, Thing, Things, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.tracking.units import Units

T = TypeVar("T")
MAX_DEPTH = 40
"""Longer chains of names and calls than this are not followed: their end is unknown."""

MAX_ROUNDS = 10
"""A circle that still grows after so many rounds stands for something unknown."""

Key = tuple[str, bool, NodeRef]


class Memo:
    """Keeps what nodes stand for.

    Answers that depend on each other in a circle are computed again, from nothing, until they stay
    the same; until then only the place where the circle was entered knows that it is one.
    """

    def __init__(self, units: Units, names: Names, relevant: Collection[str]) -> None:
        self.units = units
        self.names = names
        self._relevant = frozenset(relevant)
        self._deep = False
        self._kept: dict[Key, Things] = {}
        self._assumed: dict[Key, Things] = {}
        self._open: dict[Key, int] = {}
        self._lowest: list[int] = []
        self._unsettled = False
        self._cut = False

    def forget(self) -> None:
        """Drop the kept answers."""
        self._kept.clear()

    def value(self, ref: NodeRef) -> Things:
        """Return what the node stands for; empty only inside a circle."""
        return self._answer("value", ref, self.compute_value)

    def deep_value(self, ref: NodeRef) -> Things:
        """Return what a decorator, base class or task stands for, wherever it is defined.

        Other functions and classes of files that don't matter stay unknown: nothing depends on
        them, and to read them all takes long.
        """
        return self.deeply(lambda: self.value(ref))

    def deeply(self, ask: Callable[[], T]) -> T:
        """Return an answer for which every definition is read, in files that don't matter too."""
        before, self._deep = self._deep, True
        try:
            return ask()
        finally:
            self._deep = before

    def type_of(self, ref: NodeRef) -> Things:
        """Return what a value annotated with the node is: instances, or unknown."""
        return self._answer("type", ref, self.compute_type)

    def _answer(self, kind: str, ref: NodeRef, compute: Callable[[NodeRef], Things]) -> Things:
        key = (kind, self._deep, ref)
        found = self._kept.get(key)
        if found is None:
            found = self._new_answer(key, compute)
        return found if self._open else found or UNKNOWN

    def _new_answer(self, key: Key, compute: Callable[[NodeRef], Things]) -> Things:
        if key in self._open:
            self._lowest[-1] = min(self._lowest[-1], self._open[key])
            return self._assumed.get(key, EMPTY)
        if len(self._open) >= MAX_DEPTH:
            self._cut = True
            return UNKNOWN
        return self._settle(key, compute)

    def _settle(self, key: Key, compute: Callable[[NodeRef], Things]) -> Things:
        """Compute an answer; where it is the first of a circle, until nothing in it changes."""
        depth = self._open[key] = len(self._open)
        outside, self._unsettled = self._unsettled, True
        found, lowest = UNKNOWN, depth
        for _ in range(MAX_ROUNDS):
            self._unsettled = False
            found, lowest = self._computed(key, compute)
            if lowest != depth or not self._unsettled:
                break
        else:
            found = UNKNOWN
        del self._open[key]
        if lowest < depth:
            self._lowest[-1] = min(self._lowest[-1], lowest)
            self._unsettled = self._unsettled or outside
        else:
            self._unsettled = outside
            if not depth or not self._cut:
                self._kept[key] = found
        if not depth:
            self._assumed.clear()
            self._cut = False
        return found

    def _computed(self, key: Key, compute: Callable[[NodeRef], Things]) -> tuple[Things, int]:
        """Compute an answer once; return also the depth of the outermost one that it met again."""
        depth = self._open[key]
        self._lowest.append(depth + 1)
        found = compute(key[2])
        lowest = self._lowest.pop()
        if lowest <= depth and self._assumed.get(key, EMPTY) != found:
            self._assumed[key] = found
            self._unsettled = True
        return found, lowest

    def inner_value(self, ref: NodeRef, node: int) -> Things:
        """Return what another node of the same unit stands for."""
        return self.value(ref._replace(node=node))

    def inner_type(self, ref: NodeRef, node: int) -> Things:
        """Return what a value annotated with another node of the same unit is."""
        return self.type_of(ref._replace(node=node))

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
