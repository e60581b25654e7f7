"""Exceptions: what a `raise` raises, and whether an `except` or a `with` catches it."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import (
    UNKNOWN,
    Class,
    External,
    Instance,
    NodeRef,
    Thing,
    Things,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.tracking.program import Program

Verdict = Literal["yes", "no", "maybe"]

_EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})


class Failure(NamedTuple):
    """An exception of one of some classes; `exact`: not of a class derived from them."""

    classes: Things
    exact: bool = False


ANYTHING = Failure(UNKNOWN)


class Failures:
    """Evaluates `raise` and `except`."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._evaluator = program.evaluator

    def raised(self, ref: NodeRef) -> Failure:
        """Return what `raise value` raises."""
        things = self._evaluator.deep_value(ref)
        classes = frozenset(t.cls if isinstance(t, Instance) else t for t in things)
        if not all(isinstance(cls, (Class, External)) for cls in classes):
            return ANYTHING
        return Failure(classes, exact=self._is_made_here(ref))

    def _is_made_here(self, ref: NodeRef) -> bool:
        """Return whether an exception is a class, or made by calling one."""
        node = self._program.units.node(ref)
        named = ref._replace(node=node.function) if isinstance(node, facts.Call) else ref
        return not any(isinstance(t, Instance) for t in self._evaluator.deep_value(named))

    def handled(self, types: NodeRef | None) -> Failure:
        """Return what `except types` catches, and a bare `raise` in it raises again."""
        if types is None:
            return ANYTHING
        return Failure(frozenset(self._classes(types)))

    def _classes(self, types: NodeRef) -> Iterable[Thing]:
        node = self._program.units.node(types)
        items = node.items if isinstance(node, facts.Collection) else (types.node,)
        for item in items:
            for thing in self._evaluator.deep_value(types._replace(node=item)):
                yield thing if isinstance(thing, (Class, External)) else Unknown()

    def is_caught(self, failure: Failure, types: NodeRef | None) -> Verdict:
        """Return whether `except types` catches an exception."""
        if types is None:
            return "yes"
        return self.is_one_of(failure, self._classes(types))

    def is_one_of(self, failure: Failure, classes: Iterable[Thing]) -> Verdict:
        """Return whether an exception is an instance of one of some classes."""
        wanted = list(classes)
        answers = {self._is_any(cls, wanted, exact=failure.exact) for cls in failure.classes}
        return answers.pop() if len(answers) == 1 else "maybe"

    def _is_any(self, cls: Thing, wanted: list[Thing], *, exact: bool) -> Verdict:
        answers = {self._is(cls, other, exact=exact) for other in wanted}
        if "yes" in answers:
            return "yes"
        return "maybe" if "maybe" in answers else "no"

    def _is(self, cls: Thing, wanted: Thing, *, exact: bool) -> Verdict:
        """Return whether an object of `cls` is one of `wanted`."""
        line = self._line(cls)
        foreign = Unknown() in line
        if wanted in line or (foreign and known.is_external(wanted, _EVERYTHING)):
            return "yes"
        return "maybe" if foreign or not exact or isinstance(wanted, Unknown) else "no"

    def _line(self, cls: Thing) -> frozenset[Thing]:
        """Return a class and its bases, with Unknown where there may be others."""
        found: set[Thing] = set()
        for base in self._evaluator.classes.order(cls.ref) if isinstance(cls, Class) else (cls,):
            found |= _external_line(base.name) if isinstance(base, External) else {base}
        return frozenset(found)


def _external_line(name: str) -> set[Thing]:
    if name in known.HTTP_EXCEPTIONS:
        return {External(other) for other in known.HTTP_EXCEPTIONS | _EVERYTHING}
    cls = getattr(builtins, name.removeprefix("builtins."), None)
    if name.startswith("builtins.") and isinstance(cls, type):
        return {External(f"builtins.{base.__name__}") for base in cls.__mro__}
    return {External(name), Unknown()}
