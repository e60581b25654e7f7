"""Tasks that are lost because the request fails after they were added."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking.catching import may_catch
from flake8_bgtasks.tracking.course import Exits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


class Loss(NamedTuple):
    """Whatever way is taken after the call `at`, the request fails; `add` adds the task in it."""

    at: NodeRef
    add: NodeRef


def losses(program: Program) -> Iterator[Loss]:
    """Yield the innermost calls after which all ways fail."""
    for add, owners in program.additions.owners.items():
        kept = any(program.additions.may_be_run(scope) for scope, _ in owners)
        if not kept and not program.additions.is_after_yield(add):
            yield from _Search(program, add).up(add, program.ways.after(add), frozenset())


class _Search(NamedTuple):
    program: Program
    add: NodeRef

    def up(self, at: NodeRef, exits: Exits, seen: frozenset[NodeRef]) -> Iterator[Loss]:
        """Yield `at` if all is lost after it, else look at the calls of its function."""
        scope = self.program.units.owner(at)
        if not exits.normal and self._outcomes(scope, exits, frozenset()) == {True}:
            yield Loss(at, self.add)
            return
        for site in self.program.sites_of.get(scope, ()):
            behind = self._behind(site, exits)
            if behind is not None and site.call not in seen:
                yield from self.up(site.call, behind, seen | {site.call})

    def _outcomes(self, scope: ScopeRef, exits: Exits, seen: frozenset[ScopeRef]) -> set[bool]:
        """Return whether the tasks are lost, for each way that a request gets to a function."""
        if scope in seen:
            return set()
        if may_catch(self.program, scope, exits.failures):
            return {False}
        found = set()
        if self.program.requests.serve_http(scope):
            found.add(not exits.normal and not self.program.additions.may_be_run(scope))
        elif scope in self.program.links.handed_out or self.program.is_override(scope):
            return {False}
        for site in self.program.sites_of.get(scope, ()):
            # A `partial` calls nothing yet: what calls it is a site of its own.
            if site.how != "partial" and not self.program.is_test(site.call.path):
                behind = self._behind(site, exits)
                caller = self.program.units.owner(site.call)
                further = self._outcomes(caller, behind, seen | {scope}) if behind else {False}
                found |= further
        return found

    def _behind(self, site: Site, exits: Exits) -> Exits | None:
        """Return how the caller is left after a call that is left so; None where not known."""
        if not self._is_waited_for(site) or self.program.additions.hands_own(site):
            return None
        if self.program.additions.is_after_yield(site.call):
            return None
        behind = self.program.ways.after(site.call) if exits.normal else Exits(normal=False)
        if not exits.failures:
            return behind
        failing = self.program.ways.failing(site.call, exits.failures)
        return Exits(behind.normal or failing.normal, behind.failures | failing.failures)

    def _is_waited_for(self, site: Site) -> bool:
        """Return whether a call does not go on before the function is left."""
        function = self.program.units.scope(site.function)
        if function.is_generator or site.how not in ("call", "forward"):
            return False
        if not function.is_async and site.how == "call":
            return True
        return self.program.units.is_awaited(site.call)
