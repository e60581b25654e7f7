"""What else runs when a function runs: the functions of the project that it surely calls."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

MAX_DEPTH = 4
"""Calls of calls are followed so deep."""


@dataclass(frozen=True)
class Run:
    """The call `call` runs `function` to its end before the caller goes on.

    `in_thread`: in a worker thread, by `run_in_threadpool` or the like.
    """

    call: NodeRef
    function: ScopeRef
    in_thread: bool


class Running:
    """Follows calls, wherever the functions are defined."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units
        self._kept: dict[ScopeRef, tuple[Run, ...]] = {}

    def reached(
        self, function: ScopeRef, enter: Callable[[Run], bool]
    ) -> Iterator[tuple[ScopeRef, tuple[Run, ...]]]:
        """Yield the functions that run, nearest first, each with the calls that lead there."""
        queue: deque[tuple[ScopeRef, tuple[Run, ...]]] = deque([(function, ())])
        seen = {function}
        while queue:
            current, way = queue.popleft()
            yield current, way
            for run in self.of(current) if len(way) < MAX_DEPTH else ():
                if run.function not in seen and enter(run):
                    seen.add(run.function)
                    queue.append((run.function, (*way, run)))

    def of(self, function: ScopeRef) -> tuple[Run, ...]:
        """Return the calls in a function's own code that run a known function."""
        if function not in self._kept:
            self._kept[function] = tuple(self._runs(function))
        return self._kept[function]

    def calls(self, function: ScopeRef) -> Iterator[tuple[NodeRef, facts.Call]]:
        """Yield the calls in a function's own code."""
        unit = self._units.get(function.path, function.unit)
        for index, (node, owner) in enumerate(zip(unit.nodes, unit.owners, strict=True)):
            if owner == function.scope and isinstance(node, facts.Call):
                yield NodeRef(function.path, function.unit, index), node

    def _runs(self, function: ScopeRef) -> Iterator[Run]:
        for ref, _ in self.calls(function):
            sites, complete = self._program.evaluator.deeply(
                lambda ref=ref: self._program.binder.sites(ref)  # type: ignore[misc]
            )
            if complete and len(sites) == 1 and self._is_run(sites[0]):
                yield Run(ref, sites[0].function, sites[0].how == "forward")

    def _is_run(self, site: Site) -> bool:
        """Return whether a call surely runs its function at once, or is awaited."""
        scope = self._units.scope(site.function)
        if site.how not in ("call", "forward") or scope.is_generator or scope.kind == "class":
            return False
        if scope.is_stub or (site.bound and self._program.overrides.unseen(site.function) != ()):
            return False
        is_async = self._program.wrapping.is_async(site.function)
        if is_async is None or self._program.wrapping.hides_async(site.function):
            return False
        waits = is_async or site.how == "forward"
        return self.is_awaited(site.call) if waits else True

    def is_awaited(self, call: NodeRef) -> bool:
        """Return whether `await` stands before a call."""
        users = self._units.users(call.path, call.unit).nodes.get(call.node, ())
        return any(
            isinstance(self._units.node(call._replace(node=n)), facts.Awaited) for n in users
        )
