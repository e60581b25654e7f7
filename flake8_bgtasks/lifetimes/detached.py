"""Rows that tasks get when their session is closed, and what then can't be read of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.lifetimes.held import Given
from flake8_bgtasks.lifetimes.rows import Rows
from flake8_bgtasks.lifetimes.uses import Uses, Wanted
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.handovers import Handover
    from flake8_bgtasks.lifetimes.rows import Row
    from flake8_bgtasks.lifetimes.search import Search
    from flake8_bgtasks.lifetimes.sources import Source
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

_BY_SESSION = frozenset({"add", "refresh"})
_SAME = (facts.Choice, facts.Narrowed, facts.Declared, facts.Awaited)
_SEEN_BY_OTHERS = (facts.Collection, facts.Opaque)


class Detached(NamedTuple):
    """A task reads `attribute` of a row whose session `source` is."""

    added: Added
    source: Source
    attribute: str


class DetachedRows:
    """Finds what tasks read of rows that only an open session can load."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._program = search.program
        self._values = search.values
        self._origins = search.sources.origins
        self._rows = Rows(search.values, search.sources.origins)

    def found(self) -> Iterator[Detached]:
        for added, handover in self._search.handovers:
            for row in self._rows.of(handover.value):
                attribute = self._read_late(row, added, handover)
                for source in self._sessions(row, added) if attribute else ():
                    yield Detached(added, source, attribute)

    def _read_late(self, row: Row, added: Added, handover: Handover) -> str:
        """Return an attribute that the task is the first to read, empty if there is none."""
        lazy = self._rows.lazy(row.model)
        if row.is_new and not self._commits_before(row, added):
            return ""
        missing = lazy if lazy and not self._may_be_loaded(row, lazy, added, handover) else set()
        if self._is_expired(row, added, handover):
            missing = missing | self._rows.columns(row.model)
        for name in sorted(missing):
            if self._search.does_use(handover, row.path, _reading({name})):
                return name
        return ""

    # Sessions

    def _sessions(self, row: Row, added: Added) -> Iterator[Source]:
        """Yield the resources that the session of a row is, as the function with the task sees it.

        A function that loads rows for others is told by its caller which session to take.
        """
        for session in self._seen_from(row, added):
            for resource in sorted(self._search.sources.of(session), key=repr):
                if not resource.access and not resource.path:
                    yield resource.source

    def _seen_from(self, row: Row, added: Added) -> list[NodeRef]:
        owner = self._values.units.owner(row.made)
        names = {
            held.root.name
            for held in self._origins.of(row.session)
            if isinstance(held.root, Given) and held.root.scope == owner and held.is_whole
        }
        calls = self._calls_of(owner, added)
        if not calls or not names:
            return [row.session]
        return [
            argument.value
            for site in calls
            for name in names
            for argument in (self._values.binder.argument_for(site, name),)
            if argument is not None
        ]

    def _calls_of(self, function: ScopeRef, added: Added) -> list[Site]:
        """Return where the function with the task calls another one."""
        around = self._program.function_around(added.call)
        if function == around:
            return []
        calls = self._values.calls_in(around)
        return [site for call in calls for site in self._values.sites(call, function)]

    # What was loaded before

    def _may_be_loaded(
        self, row: Row, names: frozenset[str], added: Added, handover: Handover
    ) -> bool:
        """Return whether other code than the task may have read the attributes."""
        apart = {added.call, handover.value, *self._by_session(row.made)}
        uses = Uses(self._values, self._origins, Wanted(names=names), apart)
        here = [site.call for site in self._calls_of(self._values.units.owner(row.made), added)]
        return any(map(self._is_seen_by_others, here or [row.made])) or any(
            uses.of(made, row.inside) for made in (row.made, *here)
        )

    def _by_session(self, made: NodeRef) -> Iterator[NodeRef]:
        """Yield the calls that hand a row to its session, which then loads no relationships."""
        for user in self._users(made):
            node = self._values.node(user)
            if isinstance(node, facts.Call) and len(node.arguments) == 1:
                method = self._values.called_method(user)
                if method is not None and method.name in _BY_SESSION:
                    yield user

    def _is_seen_by_others(self, made: NodeRef) -> bool:
        """Return whether a value is returned, kept or put into something."""
        for ref in self._same(made):
            users = self._values.units.users(ref)
            events = [event for _, event in users.events.get(ref.node, ())]
            if not all(isinstance(event, (facts.Evaluated, facts.Condition)) for event in events):
                return True
        return any(
            isinstance(self._values.node(user), _SEEN_BY_OTHERS) for user in self._users(made)
        )

    def _same(self, made: NodeRef) -> Iterator[NodeRef]:
        """Yield the nodes that are what a value is, seen from other places."""
        pending, seen = [made], {made}
        while pending:
            ref = pending.pop()
            yield ref
            for user in self._values.units.using(ref):
                if user not in seen and isinstance(self._values.node(user), _SAME):
                    seen.add(user)
                    pending.append(user)

    def _users(self, made: NodeRef) -> Iterator[NodeRef]:
        for ref in self._same(made):
            yield from self._values.units.using(ref)
            yield from self._values.closure_reads(ref)

    # What a commit takes away

    def _is_expired(self, row: Row, added: Added, handover: Handover) -> bool:
        """Return whether a commit has unloaded the row, and nothing has loaded it since."""
        commits = self._commits_before(row, added)
        if not commits or self._is_seen_by_others(row.made):
            return False
        later = (user for user in self._users(row.made) if user.node > min(commits))
        of_task = {added.call, handover.value}
        return all(user in of_task or isinstance(self._values.node(user), _SAME) for user in later)

    def _commits_before(self, row: Row, added: Added) -> list[int]:
        """Return the commits of a row's session, one of which surely comes before the task."""
        owner = self._values.units.owner(row.made)
        if owner != self._values.units.owner(added.call) or row.inside or self._never_expires:
            return []
        commits = [
            call.node
            for call in self._values.calls_in(owner)
            if call.node > row.made.node and self._commits(call, row)
        ]
        surely = self._program.ways.comes_first(owner, frozenset(commits), added.call)
        return commits if surely else []

    def _commits(self, call: NodeRef, row: Row) -> bool:
        method = self._values.called_method(call)
        if method is None or method.name != "commit":
            return False
        base = self._origins.of(call._replace(node=method.base))
        return not base.isdisjoint(self._origins.of(row.session))

    @cached_property
    def _never_expires(self) -> bool:
        """Whether any session of the project may keep its rows loaded."""
        glance = self._program.files.glance
        return any(b"expire_on_commit" in glance(path) for path in self._program.all_paths)


def _reading(names: set[str]) -> Wanted:
    return Wanted(names=frozenset(names), anywhere=False)
