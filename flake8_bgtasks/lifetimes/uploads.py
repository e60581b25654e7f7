"""The uploads that background tasks read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.lifetimes.held import ITEM, Given, Held
from flake8_bgtasks.lifetimes.reads import READS
from flake8_bgtasks.lifetimes.search import Search
from flake8_bgtasks.lifetimes.uses import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.search import Gotten
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_FILE = frozenset({"file"})
USED = Wanted(
    usable=frozenset({"filename", "content_type", "size", "headers", "close", "closed", "name"}),
    through=_FILE,
)
"""What needs the upload open. Its name, type and size are plain values."""

READ = Wanted(names=READS, through=_FILE, anywhere=False)
SOUGHT = Wanted(names=frozenset({"seek"}), through=_FILE, anywhere=False)


class Upload(NamedTuple):
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
        if scope is None or scope != self._program.units.owner(add):
            return None
        reads_again = self._search.is_used(gotten, READ) and not self._search.is_used(
            gotten, SOUGHT
        )
        if not reads_again or self._search.uses(SOUGHT).of(source.where, gotten.resource.path):
            return None
        upload = self._upload(gotten)
        reads = self._search.reads.in_function(scope, upload)
        first = frozenset(call.node for call in reads)
        if first and self._program.ways.comes_first(scope, first, add):
            return reads[0]
        return self._search.reads.by_loop_before(reads, add) if upload.access else None

    def _upload(self, gotten: Gotten) -> Held:
        """Return what the task gets: the upload, or one of the uploads in a list."""
        source = gotten.resource.source
        assert source.provider is not None
        given = Given(source.provider, source.name)
        origins = self._search.sources.origins.of(gotten.handover.value)
        item = any(held.root == given and held.access[:1] == (ITEM,) for held in origins)
        in_list = item or gotten.resource.path[:1] == (ITEM,)
        return Held(given, (ITEM,) if in_list else ())
