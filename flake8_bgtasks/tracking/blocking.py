"""Async tasks that block the event loop: they call what blocks, and never give way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts, library
from flake8_bgtasks.tracking.things import External, NodeRef, ScopeRef

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.running import Run


class BlockingCall(NamedTuple):
    """A call that blocks, its dotted name, and the functions on the way from the task to it."""

    call: NodeRef
    name: str
    functions: tuple[ScopeRef, ...]


class Blocking:
    """Finds them."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def of(self, task: ScopeRef) -> BlockingCall | None:
        """Return the nearest blocking call of an async task that awaits nothing."""
        if self._program.wrapping.is_async(task) is not True or self._gives_way(task):
            return None
        for function, way in self._program.running.reached(task, self._is_entered):
            for ref, call in self._program.running.calls(function):
                name = self._blocking(ref, call)
                if name is not None:
                    return BlockingCall(ref, name, (task, *(run.function for run in way)))
        return None

    def _is_entered(self, run: Run) -> bool:
        return not run.in_thread and not self._gives_way(run.function)

    def _gives_way(self, function: ScopeRef, above: frozenset[ScopeRef] = frozenset()) -> bool:
        """Return whether a function awaits anything but functions that don't give way either."""
        if self._program.units.scope(function).suspends:
            return True
        for ref, node in self._program.units.own(function):
            if isinstance(node, facts.Awaited):
                run = self._program.running.at(ref._replace(node=node.base))
                if run is None or run.in_thread:
                    return True
                if run.function not in above and self._gives_way(run.function, above | {function}):
                    return True
        return False

    def _blocking(self, ref: NodeRef, call: facts.Call) -> str | None:
        called = self._program.evaluator.deep_value(ref._replace(node=call.function))
        names = {thing.name if isinstance(thing, External) else "" for thing in called}
        if not names or not all(map(library.blocks, names)):
            return None
        return min(names).replace("()", "")
