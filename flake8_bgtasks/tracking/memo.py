"""Answers that are computed once, also where they depend on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flake8_bgtasks.project.circles import Circles
from flake8_bgtasks.tracking.things import EMPTY, UNKNOWN, NodeRef, Thing, Things, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.tracking.units import Units

T = TypeVar("T")
Question = tuple[str, bool, NodeRef]


class Memo:
    """Keeps what nodes stand for."""

    def __init__(self, units: Units, names: Names, relevant: Collection[str]) -> None:
        self.units = units
        self.names = names
        self._relevant = frozenset(relevant)
        self._deep = False
        self._circles: Circles[Question, Things] = Circles(EMPTY, UNKNOWN)
        self._kept = self._circles.kept

    @property
    def is_deep(self) -> bool:
        """Whether every definition is read just now: see `deeply`."""
        return self._deep

    def forget(self) -> None:
        """Drop the kept answers."""
        self._circles.forget()

    def value(self, ref: NodeRef) -> Things:
        """Return what the node stands for; empty only inside a circle."""
        question = ("value", self._deep, ref)
        return self._kept.get(question) or self._answer(question, self.compute_value)

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
        question = ("type", self._deep, ref)
        return self._kept.get(question) or self._answer(question, self.compute_type)

    def _answer(self, question: Question, compute: Callable[[NodeRef], Things]) -> Things:
        found = self._circles.ask(question, lambda: compute(question[2]))
        return found if self._circles.is_busy else found or UNKNOWN

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
