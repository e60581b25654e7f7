"""What becomes of a function's result, and of its being async, behind its decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef
from flake8_bgtasks.tracking.wrappers import wrappers_of

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program

How = Literal["plain", "sync", "async", "unknown"]


class Wrapping:
    """Looks at the wrappers that decorators put around functions."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def changes_result(self, ref: ScopeRef) -> bool:
        """Return whether callers may get something else than what the function returns."""
        return "unknown" in self._layers(ref)

    def is_async(self, ref: ScopeRef) -> bool | None:
        """Return whether Starlette awaits a task: whether the outermost function is async.

        None where a decorator's wrapper does something unknown to what it calls.
        """
        layers = [layer for layer in self._layers(ref) if layer != "plain"]
        if "unknown" in layers:
            return None
        return layers[0] == "async" if layers else self._program.units.scope(ref).is_async

    def hides_async(self, ref: ScopeRef) -> bool:
        """Return whether an async function stands behind a sync wrapper that does not run it."""
        scope = self._program.units.scope(ref)
        return scope.is_async and not scope.is_generator and self.is_async(ref) is False

    def _layers(self, ref: ScopeRef) -> list[How]:
        """Return what each decorator puts around a function, the outermost first."""
        decorators = self._program.units.scope(ref).decorators
        return [self._layer(NodeRef(ref.path, ref.unit, node)) for node in decorators]

    def _layer(self, decorator: NodeRef) -> How:
        if not self._program.evaluator.classes.decorator_keeps(decorator):
            return "unknown"
        wrappers = wrappers_of(self._program, decorator)
        if not wrappers:
            return self._of_library(decorator)
        layers = {self._of_wrapper(wrapper) for wrapper in wrappers}
        return layers.pop() if len(layers) == 1 else "unknown"

    def _of_library(self, decorator: NodeRef) -> How:
        """Return what a decorator without a wrapper of the project's does."""
        node = self._program.units.node(decorator)
        if isinstance(node, facts.Call):
            decorator = decorator._replace(node=node.function)
        things = self._program.evaluator.deep_value(decorator)
        return "sync" if any(known.is_external(t, known.CACHES) for t in things) else "plain"

    def _of_wrapper(self, wrapper: ScopeRef) -> How:
        """Return whether a wrapper only hands back what it gets from the function it calls."""
        scope = self._program.units.scope(wrapper)
        returned = [e.value for e in scope.events if isinstance(e, facts.Returned)]
        if scope.is_generator or not returned:
            return "unknown"
        ref = NodeRef(wrapper.path, wrapper.unit, returned[0])
        calls = [self._handed_back(ref._replace(node=node), scope.is_async) for node in returned]
        return ("async" if scope.is_async else "sync") if all(calls) else "unknown"

    def _handed_back(self, ref: NodeRef, is_async: bool) -> bool:
        node = self._program.units.node(ref)
        if is_async and isinstance(node, facts.Awaited):
            node = self._program.units.node(ref._replace(node=node.base))
        stars = {a.star for a in node.arguments} if isinstance(node, facts.Call) else set()
        return {"*", "**"} <= stars
