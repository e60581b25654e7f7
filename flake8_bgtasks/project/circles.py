"""Answers that depend on each other, also in circles, each computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Key = TypeVar("Key", bound="Hashable")
Answer = TypeVar("Answer")

MAX_DEPTH = 40
"""Longer chains of questions than this are not followed: their end is unknown."""

MAX_ROUNDS = 10
"""A circle that still grows after so many rounds stands for something unknown."""

_NOBODY = MAX_DEPTH + 1


class Circles(Generic[Key, Answer]):
    """Computes answers that ask for other answers.

    Where they ask for each other in a circle, the first one that was asked is computed again until
    nothing in the circle changes. `nothing` is what a circle starts from, `unknown` what stands for
    the end of a chain that is too long; `kept` are the answers for good.
    """

    def __init__(self, nothing: Answer, unknown: Answer) -> None:
        self._nothing = nothing
        self._unknown = unknown
        self.kept: dict[Key, Answer] = {}
        self._passing: dict[Key, tuple[Answer, int]] = {}
        self._assumed: dict[Key, Answer] = {}
        self._open: dict[Key, int] = {}
        self._lowest: list[int] = []
        self._unsettled = False
        self._cut = False

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being computed."""
        return bool(self._open)

    def forget(self) -> None:
        """Drop the kept answers."""
        self.kept.clear()

    def ask(self, key: Key, compute: Callable[[], Answer]) -> Answer:
        """Return the answer to a question; inside a circle what is known of it so far."""
        if key in self.kept:
            return self.kept[key]
        if key in self._open:
            self._meet(self._open[key])
            return self._assumed.get(key, self._nothing)
        if key in self._passing:
            answer, lowest = self._passing[key]
            self._meet(lowest)
            return answer
        if len(self._open) >= MAX_DEPTH:
            self._cut = True
            return self._unknown
        return self._settle(key, compute)

    def _meet(self, depth: int) -> None:
        """Note that the answer being computed depends on the open one at a depth."""
        if self._lowest:
            self._lowest[-1] = min(self._lowest[-1], depth)

    def _settle(self, key: Key, compute: Callable[[], Answer]) -> Answer:
        """Compute an answer; where it is the first of a circle, until nothing in it changes."""
        depth = self._open[key] = len(self._open)
        before, outside = len(self._passing), self._unsettled
        answer, lowest = self._unknown, depth
        for _ in range(MAX_ROUNDS):
            self._unsettled = False
            answer, lowest = self._computed(key, compute)
            if lowest != depth or not self._unsettled:
                break
            self._drop_passing(before)
        else:
            answer = self._unknown
        del self._open[key]
        if lowest < depth:
            self._meet(lowest)
            self._unsettled = self._unsettled or outside
            self._passing[key] = (answer, lowest)
        else:
            self._unsettled = outside
            self._keep(key, answer, before)
        return answer

    def _computed(self, key: Key, compute: Callable[[], Answer]) -> tuple[Answer, int]:
        """Compute an answer once; return also the depth of the outermost one that it met again."""
        depth = self._open[key]
        self._lowest.append(_NOBODY)
        answer = compute()
        lowest = self._lowest.pop()
        if lowest <= depth and self._assumed.get(key, self._nothing) != answer:
            self._assumed[key] = answer
            self._unsettled = True
        return answer, lowest

    def _keep(self, key: Key, answer: Answer, before: int) -> None:
        """Keep an answer that depends on no open one, with the circle that it was the first of.

        What was cut short is kept only while the outermost question is open: asked from elsewhere,
        there may be more to it.
        """
        circle = {key: answer}
        while len(self._passing) > before:
            other, (settled, _) = self._passing.popitem()
            circle[other] = settled
        if not self._cut:
            self.kept.update(circle)
        else:
            self._passing.update((other, (found, _NOBODY)) for other, found in circle.items())
        if not self._open:
            if self._cut:
                self.kept[key] = answer
            self._passing.clear()
            self._assumed.clear()
            self._cut = False

    def _drop_passing(self, before: int) -> None:
        while len(self._passing) > before:
            self._passing.popitem()
