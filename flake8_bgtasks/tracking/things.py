"""What an expression can stand for, as far as the linker knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection

T = TypeVar("T")


class _Node(NamedTuple):
    path: str
    unit: int
    node: int


class NodeRef(_Node):
    """A node of a unit."""

    __slots__ = ()

    def _replace(self, *, node: int) -> NodeRef:  # type: ignore[override]
        """Return another node of the unit; asked for so often that the general way is too slow."""
        return tuple.__new__(NodeRef, (self[0], self[1], node))


class ScopeRef(NamedTuple):
    """A scope of a unit: a function, class, lambda or module level."""

    path: str
    unit: int
    scope: int


@dataclass(frozen=True)
class External:
    """Something that isn't the project's, by its dotted name, such as `fastapi.APIRouter`."""

    name: str


@dataclass(frozen=True)
class Module:
    """A module of the project."""

    path: str


@dataclass(frozen=True)
class Function:
    """A function or lambda of the project."""

    ref: ScopeRef


@dataclass(frozen=True)
class Class:
    """A class of the project."""

    ref: ScopeRef


@dataclass(frozen=True)
class Instance:
    """An object of a class; `exact` where it was made by calling that very class."""

    cls: Class | External
    exact: bool = False


@dataclass(frozen=True)
class Super:
    """What `super()` gives in a method of a class: its objects without what it defines itself."""

    cls: Class


@dataclass(frozen=True)
class Method:
    """A function bound to its first argument."""

    function: ScopeRef
    receiver: Instance | Class


@dataclass(frozen=True)
class Partial:
    """`functools.partial(function, …)`, made by the call `call`."""

    function: Thing
    call: NodeRef


@dataclass(frozen=True)
class Nothing:
    """None."""


@dataclass(frozen=True)
class Unknown:
    """Anything at all."""


Thing = (
    External | Module | Function | Class | Instance | Super | Method | Partial | Nothing | Unknown
)
Things = frozenset[Thing]

UNKNOWN: Things = frozenset([Unknown()])
NONE: Things = frozenset([Nothing()])
EMPTY: Things = frozenset()


def known(things: Things) -> bool:
    """Return whether every possibility is known."""
    return bool(things) and Unknown() not in things


def in_order(things: Collection[T]) -> Collection[T]:
    """Return things in an order that is the same in every run; nearly always it is one at most."""
    return things if len(things) < 2 else sorted(things, key=repr)
