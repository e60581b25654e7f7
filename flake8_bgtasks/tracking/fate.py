"""What becomes of an instance."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from flake8_bgtasks.tracking import facts


class Form(Enum):
    """How a value holds the instance: it is it, a response carries it, a collection holds it."""

    ITSELF = "itself"
    RESPONSE = "response"
    COLLECTION = "collection"


class Fate(NamedTuple):
    """What happens to an instance.

    `adds`: the calls that add tasks to it, here or in a function that it is passed to. `executed`:
    awaited, run, or handed to code that isn't known. `attached`: a response that carries it is
    returned to the framework. `returned`: the forms in which the function at hand returns it.
    `leaked`: the `return`s of path operations that send the instance itself to the client.
    `awaited`: where it is surely this instance that is awaited; `dropped`: the calls `tasks()` that
    nobody awaits; `opened`: whether its list of tasks is used by hand.
    """

    adds: frozenset[NodeRef] = frozenset()
    executed: bool = False
    attached: bool = False
    returned: frozenset[Form] = frozenset()
    leaked: frozenset[tuple[str, int, facts.Returned]] = frozenset()
    awaited: frozenset[NodeRef] = frozenset()
    dropped: frozenset[NodeRef] = frozenset()
    opened: bool = False

    @property
    def is_run(self) -> bool:
        """Return whether the tasks may run."""
        return self.executed or self.attached

    @property
    def is_lost(self) -> bool:
        """Return whether tasks are added and can't run."""
        return bool(self.adds) and not self.is_run and not self.leaked


Key = tuple[ScopeRef, str, Form]
"""A parameter of a function that is handed an instance in some form."""
