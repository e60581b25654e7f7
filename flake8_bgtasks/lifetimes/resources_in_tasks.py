"""The resources that background tasks use, and who closes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.lifetimes.handovers import Handovers, runs_tasks, tasks_after_responses
from flake8_bgtasks.lifetimes.resources import TEMPORARY_FILES, TEMPORARY_FOLDERS
from flake8_bgtasks.lifetimes.sources import Sources
from flake8_bgtasks.lifetimes.uses import Uses
from flake8_bgtasks.lifetimes.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.handovers import Handover
    from flake8_bgtasks.lifetimes.sources import Resource, Source
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


@dataclass(frozen=True)
class Used:
    """The call `add` adds a task that uses a resource.

    `task` and `provider` (of a dependency) are texts such as `send_mail()`. `is_deleted`: it is the
    path of a temporary file or folder. `related`: where it is opened, and by whom.
    """

    add: NodeRef
    task: str
    source: Source
    provider: str
    is_deleted: bool
    related: tuple[Related, ...]

    @property
    def name(self) -> str:
        return repr(self.source.name) if self.source.name else "the resource"


def resources_in_tasks(program: Program) -> tuple[Used, ...]:
    """Return each resource that a task uses, once for each call that adds the task."""
    return tuple(_Search(program).find())


class _Search:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._values = Values(program)
        self._sources = Sources(self._values)
        self._uses = Uses(self._values, self._sources.origins)

    def find(self) -> Iterator[Used]:
        handovers = Handovers(self._values)
        for task in tasks_after_responses(self._program):
            found: dict[Source, None] = {}
            for handover in handovers.of(task):
                found |= dict.fromkeys(self._used(handover))
            for source in found:
                yield self._told(task, source)

    def _used(self, handover: Handover) -> Iterator[Source]:
        for resource in sorted(self._sources.of(handover.value), key=repr):
            if self._is_dead(resource) and self._is_used(handover, resource):
                yield resource.source

    def _is_dead(self, resource: Resource) -> bool:
        """Return whether a value is the closed resource itself, or the path of a deleted file."""
        if resource.source.kind == "with":
            around = self._program.function_around(resource.source.where)
            if runs_tasks(self._program, around):
                return False
        if not resource.access:
            return not self._made(resource.source) & TEMPORARY_FILES or bool(resource.path)
        return resource.access == ("name",) and self._is_deleted(resource.source)

    def _is_used(self, handover: Handover, resource: Resource) -> bool:
        if handover.function is not None:
            return self._uses.by_parameter(handover.function, handover.parameter, resource.path)
        if handover.is_known:
            return self._uses.of(handover.value, resource.path)
        return not resource.path

    def _made(self, source: Source) -> frozenset[str]:
        if source.kind != "with":
            return frozenset()
        return self._sources.managers.made_by(source.where)

    def _is_deleted(self, source: Source) -> bool:
        return bool(self._made(source) & (TEMPORARY_FILES | TEMPORARY_FOLDERS))

    # Words

    def _told(self, task: Added, source: Source) -> Used:
        provider = ""
        if source.provider is not None:
            provider = f"{self._program.units.scope(source.provider).qualname}()"
        return Used(
            task.call,
            self._name_of(task),
            source,
            provider,
            self._is_deleted(source),
            tuple(self._related(source, provider)),
        )

    def _name_of(self, task: Added) -> str:
        assert task.function is not None
        names = {self._values.name_of(thing) for thing in self._values.of(task.function.value)}
        name = names.pop() if len(names) == 1 else ""
        return f"{name}()" if name else "the task"

    def _related(self, source: Source, provider: str) -> Iterator[Related]:
        span = self._program.span(source.where)
        name = repr(source.name) if source.name else "the resource"
        if source.kind == "with":
            yield Related(source.where.path, span, f"{name} is opened here")
            return
        yield Related(source.where.path, span, f"{name} is injected here")
        if source.provider is not None:
            scope = self._program.units.scope(source.provider)
            yield Related(source.provider.path, scope.span, f"{provider} closes it")
