"""Where a value comes from, and what it holds inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

Names = tuple[str, ...]
ITEM = "[]"
"""Stands among the attributes for what a list, tuple or set contains."""

DEEPEST = 4
"""Attributes of attributes are followed so far."""


@dataclass(frozen=True)
class Made:
    """What a call gives."""

    call: NodeRef


@dataclass(frozen=True)
class Opened:
    """What a `with` block binds and closes at its end."""

    entered: NodeRef


@dataclass(frozen=True)
class Given:
    """What is passed to a parameter."""

    scope: ScopeRef
    name: str


Root = Made | Opened | Given


class Held(NamedTuple):
    """Something that a value holds: `value.path` is `root.access`."""

    root: Root
    access: Names = ()
    path: Names = ()

    @property
    def is_whole(self) -> bool:
        """Whether the value is the root itself."""
        return not self.access and not self.path

    def attribute(self, name: str) -> Held | None:
        """Return what `value.name` holds."""
        if self.path:
            return self._replace(path=self.path[1:]) if self.path[0] == name else None
        return self._replace(access=(*self.access, name)) if len(self.access) < DEEPEST else None

    def member(self, names: Names) -> Held | None:
        """Return what `value.a.b` holds."""
        found: Held | None = self
        for name in names:
            found = found.attribute(name) if found else None
        return found

    def within(self, *names: str) -> Held | None:
        """Return what an object holds that keeps the value as its attribute."""
        path = (*names, *self.path)
        return self._replace(path=path) if len(path) <= DEEPEST else None


def filled(
    templates: Iterable[Held], given: Given, values: Callable[[], Collection[Held]]
) -> Iterator[Held]:
    """Yield what templates hold where a parameter in them is given some values.

    To find the values may take long: they are asked for where the parameter stands in a template.
    """
    for template in templates:
        for value in values() if template.root == given else ():
            inner = value.member(template.access)
            found = inner.within(*template.path) if inner else None
            if found is not None:
                yield found
