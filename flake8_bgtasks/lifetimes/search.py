"""What background tasks get that has a lifetime: resources, uploads, requests."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.lifetimes.handovers import Handovers, tasks_after_responses
from flake8_bgtasks.lifetimes.reads import Reads
from flake8_bgtasks.lifetimes.sources import Sources
from flake8_bgtasks.lifetimes.uses import Uses
from flake8_bgtasks.lifetimes.values import Values

if TYPE_CHECKING:
    from flake8_bgtasks.lifetimes.handovers import Handover
    from flake8_bgtasks.lifetimes.held import Names
    from flake8_bgtasks.lifetimes.sources import Resource
    from flake8_bgtasks.lifetimes.uses import Wanted
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.program import Program


class Gotten(NamedTuple):
    """A task gets a value that holds a resource."""

    added: Added
    handover: Handover
    resource: Resource


class Search:
    """Finds what tasks get, and what they do with it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.values = Values(program)
        self.sources = Sources(self.values)
        self.reads = Reads(self.values, self.sources.origins)
        self._uses: dict[Wanted, Uses] = {}

    @cached_property
    def handovers(self) -> tuple[tuple[Added, Handover], ...]:
        handovers = Handovers(self.values)
        return tuple(
            (added, handover)
            for added in tasks_after_responses(self.program)
            for handover in handovers.of(added)
        )

    @cached_property
    def gotten(self) -> tuple[Gotten, ...]:
        return tuple(
            Gotten(added, handover, resource)
            for added, handover in self.handovers
            for resource in sorted(self.sources.of(handover.value), key=repr)
        )

    def uses(self, wanted: Wanted) -> Uses:
        if wanted not in self._uses:
            self._uses[wanted] = Uses(self.values, self.sources.origins, wanted)
        return self._uses[wanted]

    def is_used(self, gotten: Gotten, wanted: Wanted) -> bool:
        """Return whether the task does something with the resource."""
        return self.does_use(gotten.handover, gotten.resource.path, wanted)

    def does_use(self, handover: Handover, path: Names, wanted: Wanted) -> bool:
        """Return whether a task does something with what is inside of a value that it gets."""
        if handover.function is not None:
            return self.uses(wanted).by_parameter(handover.function, handover.parameter, path)
        if handover.is_known:
            return self.uses(wanted).of(handover.value, path)
        return wanted.anywhere and not path

    def name_of(self, added: Added) -> str:
        """Return `send_mail()`, or `the task` where it has no name."""
        things = self.values.of(added.function.value) if added.function else ()
        names = {self.values.name_of(thing) for thing in things}
        name = names.pop() if len(names) == 1 else ""
        return f"{name}()" if name else "the task"
