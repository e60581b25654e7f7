"""The resources that background tasks use, and who closes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.findings import Related
from flake8_bgtasks.lifetimes.detached import DetachedRows
from flake8_bgtasks.lifetimes.handovers import runs_tasks
from flake8_bgtasks.lifetimes.resources import TEMPORARY_FILES, TEMPORARY_FOLDERS
from flake8_bgtasks.lifetimes.search import Search
from flake8_bgtasks.lifetimes.uses import ANY_USE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.search import Gotten
    from flake8_bgtasks.lifetimes.sources import Resource, Source
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_CLOSED = frozenset({"with", "finally", "yield"})


class Used(NamedTuple):
    """The call `add` adds a task that uses a resource.

    `task` and `provider` (of a dependency) are texts such as `send_mail()`. `is_deleted`: it is the
    path of a temporary file or folder. `detached` is what the task reads of a row that the resource
    loaded, if it doesn't use the resource itself. `related`: where it is opened, and by whom.
    """

    add: NodeRef
    task: str
    source: Source
    provider: str
    is_deleted: bool
    related: tuple[Related, ...]
    detached: str = ""

    @property
    def name(self) -> str:
        return repr(self.source.name) if self.source.name else "the resource"


def resources_in_tasks(program: Program) -> tuple[Used, ...]:
    """Return each resource that a task uses, once for each call that adds the task."""
    found = _Resources(program).found()
    return tuple(dict.fromkeys(found))


class _Resources:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._search = program.once(Search)

    def found(self) -> Iterator[Used]:
        for gotten in self._search.gotten:
            if gotten.resource.source.kind in _CLOSED and self._is_used(gotten):
                yield self._told(gotten.added, gotten.resource.source)
        for row in DetachedRows(self._search).found():
            if row.source.kind in _CLOSED:
                yield self._told(row.added, row.source, row.attribute)

    def _is_used(self, gotten: Gotten) -> bool:
        source = gotten.resource.source
        if source.kind != "yield" and runs_tasks(
            self._program, self._program.function_around(source.where)
        ):
            return False
        return self._is_dead(gotten.resource) and self._search.is_used(gotten, ANY_USE)

    def _is_dead(self, resource: Resource) -> bool:
        """Return whether a value is the closed resource itself, or the path of a deleted file."""
        if not resource.access:
            return not self._made(resource.source) & TEMPORARY_FILES or bool(resource.path)
        return resource.access == ("name",) and self._is_deleted(resource.source)

    def _made(self, source: Source) -> frozenset[str]:
        if source.kind != "with":
            return frozenset()
        return self._search.sources.managers.made_by(source.where)

    def _is_deleted(self, source: Source) -> bool:
        return bool(self._made(source) & (TEMPORARY_FILES | TEMPORARY_FOLDERS))

    def _told(self, added: Added, source: Source, detached: str = "") -> Used:
        provider = ""
        if source.provider is not None:
            provider = f"{self._program.units.scope(source.provider).qualname}()"
        return Used(
            added.call,
            self._search.name_of(added),
            source,
            provider,
            self._is_deleted(source),
            tuple(self._related(source, provider)),
            detached,
        )

    def _related(self, source: Source, provider: str) -> Iterator[Related]:
        span = self._program.span(source.where)
        name = repr(source.name) if source.name else "the resource"
        if source.kind != "yield":
            yield Related(source.where.path, span, f"{name} is opened here")
            return
        yield Related(source.where.path, span, f"{name} is injected here")
        if source.provider is not None:
            scope = self._program.units.scope(source.provider)
            yield Related(source.provider.path, scope.span, f"{provider} closes it")
