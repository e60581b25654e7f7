"""The uploads that background tasks read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.lifetimes.held import ITEM, Given, Held
from flake8_bgtasks.lifetimes.search import Search
from flake8_bgtasks.lifetimes.uses import Wanted
from flake8_bgtasks.tracking import facts, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.search import Gotten
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

_FILE = frozenset({"file"})
_READS = frozenset({"read", "readline", "readlines", "readinto", "read1"})
_COPIES = frozenset({"shutil.copyfileobj"})
USED = Wanted(
    usable=frozenset({"filename", "content_type", "size", "headers", "close", "closed", "name"}),
    through=_FILE,
)
"""What needs the upload open. Its name, type and size are plain values."""

READ = Wanted(names=_READS, through=_FILE, anywhere=False)
SOUGHT = Wanted(names=frozenset({"seek"}), through=_FILE, anywhere=False)


@dataclass(frozen=True)
class Upload:
    """The call `add` adds a task that uses an upload; `read`: where it was read up before."""

    add: NodeRef
    task: str
    name: str
    parameter: NodeRef
    read: NodeRef | None


def uploads_in_tasks(program: Program) -> tuple[Upload, ...]:
    """Return each upload that a task uses, once for each call that adds the task."""
    return tuple(dict.fromkeys(_Uploads(program).found()))


class _Uploads:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._search = program.once(Search)

    def found(self) -> Iterator[Upload]:
        for gotten in self._search.gotten:
            resource = gotten.resource
            whole = resource.access in ((), ("file",))
            if resource.source.kind == "upload" and whole and self._search.is_used(gotten, USED):
                name = self._search.name_of(gotten.added)
                read = self._read_before(gotten)
                where = resource.source.where
                yield Upload(gotten.added.call, name, resource.source.name, where, read)

    def _read_before(self, gotten: Gotten) -> NodeRef | None:
        """Return the call that surely has read the upload before the task does, not sought back."""
        source, add = gotten.resource.source, gotten.added.call
        scope = source.provider
        if (
            scope is None
            or scope != self._program.units.owner(add)
            or gotten.resource.path[:1] == (ITEM,)
        ):
            return None
        reads_again = self._search.is_used(gotten, READ) and not self._search.is_used(
            gotten, SOUGHT
        )
        if not reads_again or self._search.uses(SOUGHT).of(source.where, ()):
            return None
        reads = self._reads(scope, Held(Given(scope, source.name)))
        first = frozenset(call.node for call in reads)
        return reads[0] if first and self._program.ways.comes_first(scope, first, add) else None

    def _reads(self, scope: ScopeRef, upload: Held) -> list[NodeRef]:
        return [
            call for call in self._search.values.calls_in(scope) if self._does_read(call, upload)
        ]

    def _does_read(self, call: NodeRef, upload: Held) -> bool:
        """Return whether a call reads the upload, as `read()` and `copyfileobj` do."""
        node = self._program.units.node(call)
        assert isinstance(node, facts.Call)
        function = self._program.units.node(call._replace(node=node.function))
        if isinstance(function, facts.Attribute) and function.name in _READS:
            return self._is(call._replace(node=function.base), upload)
        called = self._search.values.functions(call)
        copies = bool(called) and all(known.is_external(thing, _COPIES) for thing in called)
        return copies and self._is(call._replace(node=node.arguments[0].value), upload)

    def _is(self, ref: NodeRef, upload: Held) -> bool:
        wanted = {upload, upload.attribute("file")}
        return bool(wanted & self._search.sources.origins.of(ref))
