"""What else runs when a function runs: the functions of the project that it surely calls."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

MAX_DEPTH = 4
"""Calls of calls are followed so deep."""


class Run(NamedTuple):
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
        self._kept: dict[NodeRef, Run | None] = {}

    def reached(
        self,
        function: ScopeRef,
        enter: Callable[[Run], bool],
        follow: Callable[[NodeRef, int], bool] | None = None,
    ) -> Iterator[tuple[ScopeRef, tuple[Run, ...]]]:
        """Yield the functions that run, nearest first, each with the calls that lead there.

        Calls that are not worth to `follow`, so many calls deep, are left aside before it is known
        what they call.
        """
        queue: deque[tuple[ScopeRef, tuple[Run, ...]]] = deque([(function, ())])
        seen = {function}
        while queue:
            current, way = queue.popleft()
            yield current, way
            for run in self._of(current, MAX_DEPTH - len(way), follow):
                if run.function not in seen and enter(run):
                    seen.add(run.function)
                    queue.append((run.function, (*way, run)))

    def _of(
        self,
        function: ScopeRef,
        depth: int,
        follow: Callable[[NodeRef, int], bool] | None,
    ) -> Iterator[Run]:
        """Yield the calls in a function's own code that run a known function."""
        for ref, _ in self.calls(function) if depth else ():
            run = self.at(ref) if follow is None or follow(ref, depth) else None
            if run is not None:
                yield run

    def calls(self, function: ScopeRef) -> Iterator[tuple[NodeRef, facts.Call]]:
        """Yield the calls in a function's own code."""
        for ref, node in self._units.own(function):
            if isinstance(node, facts.Call):
                yield ref, node

    def at(self, call: NodeRef) -> Run | None:
        """Return what a call runs, if that is one known function."""
        if call not in self._kept:
            self._kept[call] = self._run_at(call)
        return self._kept[call]

    def _run_at(self, call: NodeRef) -> Run | None:
        sites, complete = self._program.evaluator.deeply(lambda: self._program.binder.sites(call))
        if not complete or len(sites) != 1 or not self._is_run(sites[0]):
            return None
        return Run(call, sites[0].function, sites[0].how == "forward")

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
        return self._units.is_awaited(site.call) if waits else True
