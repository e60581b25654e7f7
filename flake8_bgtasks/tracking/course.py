"""One way through the steps of a function, from its beginning or from a node in it, to all ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking.failures import ANYTHING, Failure
from flake8_bgtasks.tracking.managers import may_swallow
from flake8_bgtasks.tracking.risks import may_fail
from flake8_bgtasks.tracking.steps import (
    Attempt,
    Block,
    Do,
    Fork,
    Handler,
    Jump,
    Leave,
    Loop,
    Managed,
    Step,
    blocks_of,
)
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.unit import Unit
    from flake8_bgtasks.tracking.ways import Ways

Ends = frozenset["str | Failure"]
"""How a stretch of code is left: by exceptions, or one of these words."""

FALLS, RETURNS = "falls", "returns"
_GOES_ON: Ends = frozenset([FALLS])
_JUMPS: Ends = frozenset(["break", "continue"])


class Start(NamedTuple):
    """Begin behind a node, or (with `failures`) where its evaluation raises."""

    node: int
    failures: frozenset[Failure] | None = None


class Exits(NamedTuple):
    """How a function is left: whether `normal`ly, and the exceptions that leave it."""

    normal: bool
    failures: frozenset[Failure] = frozenset()


NORMAL = Exits(normal=True)


@dataclass
class Course:
    """Follows the steps. `passed`: the ranges of nodes it evaluates, `left`: where it ends.

    It does not go beyond the nodes `stops`. `surprised`: whether calls raise what nobody wrote.
    """

    ways: Ways
    scope: ScopeRef
    unit: Unit
    stops: frozenset[int] = frozenset()
    surprised: bool = True
    passed: list[tuple[int, int]] = field(default_factory=list)
    left: dict[Leave, None] = field(default_factory=dict)
    exits: Exits = NORMAL
    is_given_up: bool = False
    _handling: list[Failure] = field(default_factory=list)

    def run(self, start: Start | None) -> None:
        """Go all ways; where the start is not found (in a lambda, say), it goes on normally."""
        steps = self.unit.scopes[self.scope.scope].steps
        if start is not None and not _holds(steps, start.node):
            return
        ends = self._block(steps, start)
        failures = frozenset(end for end in ends if isinstance(end, Failure))
        self.exits = Exits(bool(ends & {FALLS, RETURNS}), failures)

    def has_passed(self, node: int) -> bool:
        """Return whether a node may have been evaluated on the way, if it was gone at all."""
        return self.is_given_up or any(first <= node < end for first, end in self.passed)

    def _block(self, steps: Block, start: Start | None = None) -> Ends:
        ends: Ends = frozenset()
        for position, step in enumerate(steps):
            if start is not None and not _contains(step, start.node):
                continue
            here = self._step(step, start, last=position == len(steps) - 1)
            start = None
            ends |= here - _GOES_ON
            if FALLS not in here:
                return ends
        return ends | _GOES_ON

    def _step(self, step: Step, start: Start | None, *, last: bool) -> Ends:
        match step:
            case Do():
                return self._do(step, start, last=last)
            case Leave():
                return self._leave(step, start)
            case Jump(how=how):
                return frozenset([how])
            case Fork(branches=branches):
                ways = [b for b in branches if start is None or _holds(b, start.node)]
                return frozenset[str | Failure]().union(*(self._block(b, start) for b in ways))
            case Loop():
                return self._loop(step, start)
            case Attempt():
                return self._attempt(step, start)
            case Managed(managers=managers, body=body):
                return self._managed(managers, self._block(body, start))

    # Simple statements

    def _do(self, step: Do, start: Start | None, *, last: bool) -> Ends:
        if start is not None and start.failures is not None:
            return start.failures
        ends = self._evaluate(step.first, step.end, start)
        if FALLS in ends and last and step.value is not None:
            return self._never_returns(step.value) or ends
        return ends

    def _leave(self, step: Leave, start: Start | None) -> Ends:
        if start is not None and start.failures is not None:
            return start.failures
        ends = self._evaluate(step.first, step.end, start)
        if FALLS not in ends:
            return ends
        if step.how == "return":
            raised = None if step.value is None else self._never_returns(step.value)
            self.left[step] = None
            return raised or (ends - _GOES_ON) | {RETURNS}
        self.left[step] = None
        return frozenset([self._raised(step)])

    def _evaluate(self, first: int, end: int, start: Start | None) -> Ends:
        if start is not None:
            first = max(first, start.node + 1)
        stop = min((n for n in self.stops if first <= n < end), default=None)
        self.passed.append((first, end if stop is None else stop))
        if stop is not None:
            return frozenset()
        ends: set[str | Failure] = {FALLS}
        scope = self.unit.scopes[self.scope.scope]
        if any(first <= node < end for node in scope.yields):
            ends.add(RETURNS)
        if self.surprised and may_fail(self.unit, self.scope.scope, first, end):
            ends.add(ANYTHING)
        return frozenset(ends)

    def _never_returns(self, value: int) -> frozenset[Failure] | None:
        return self.ways.always_raised(NodeRef(self.scope.path, self.scope.unit, value))

    def _raised(self, step: Leave) -> Failure:
        if step.value is None:
            return self._handling[-1] if self._handling else ANYTHING
        return self.ways.failures.raised(self._ref(step.value))

    def _ref(self, node: int) -> NodeRef:
        return NodeRef(self.scope.path, self.scope.unit, node)

    # Loops

    def _loop(self, step: Loop, start: Start | None) -> Ends:
        if start is not None and _holds(step.orelse, start.node):
            return self._block(step.orelse, start)
        ends = self._block(step.body, start)
        if start is not None and ends & {FALLS, "continue"}:
            ends |= self._block(step.body)
        exhausted = not step.endless and (start is None or bool(ends & {FALLS, "continue"}))
        after = self._block(step.orelse) if exhausted else frozenset()
        broken = _GOES_ON if "break" in ends else frozenset()
        return (ends - _JUMPS - _GOES_ON) | after | broken

    # try

    def _attempt(self, step: Attempt, start: Start | None) -> Ends:
        if start is not None and _holds(step.final, start.node):
            pending, final = self._guarded(step, None), self._block(step.final, start)
        else:
            pending = self._guarded(step, start)
            final = self._block(step.final) if pending else frozenset()
        return (final - _GOES_ON) | (pending if FALLS in final else frozenset())

    def _guarded(self, step: Attempt, start: Start | None) -> Ends:
        """Go through the body, the handlers and the `else`."""
        for handler in step.handlers:
            if start is not None and _holds(handler.body, start.node):
                return self._handle(handler, start)
        if start is not None and _holds(step.orelse, start.node):
            return self._block(step.orelse, start)
        ends = self._block(step.body, start)
        failures = frozenset(end for end in ends if isinstance(end, Failure))
        caught, escaped = self._caught(step, failures)
        after = self._block(step.orelse) if FALLS in ends else frozenset()
        handled = frozenset[str | Failure]().union(*(self._handle(h, None) for h in caught))
        return (ends - failures - _GOES_ON) | after | escaped | handled

    def _caught(
        self, step: Attempt, failures: frozenset[Failure]
    ) -> tuple[list[Handler], frozenset[Failure]]:
        """Return the handlers that exceptions may get to, and the exceptions that get past them."""
        caught: dict[Handler, None] = {}
        escaped = set(failures)
        for failure in failures:
            for handler in step.handlers:
                types = None if handler.types is None else self._ref(handler.types)
                verdict = self.ways.failures.is_caught(failure, types)
                if verdict != "no":
                    caught[handler] = None
                if verdict == "yes":
                    escaped.discard(failure)
                    break
        return list(caught), frozenset(escaped)

    def _handle(self, handler: Handler, start: Start | None) -> Ends:
        types = None if handler.types is None else self._ref(handler.types)
        self._handling.append(self.ways.failures.handled(types))
        ends = self._block(handler.body, start)
        self._handling.pop()
        return ends

    def _managed(self, managers: tuple[int, ...], ends: Ends) -> Ends:
        failures = frozenset(end for end in ends if isinstance(end, Failure))
        if failures and any(
            may_swallow(self.ways, self._ref(manager), failures) for manager in managers
        ):
            return ends | _GOES_ON
        return ends


def _contains(step: Step, node: int) -> bool:
    match step:
        case Do(first=first, end=end) | Leave(first=first, end=end):
            return first <= node < end
    return any(_holds(block, node) for block in blocks_of(step))


def _holds(block: Block, node: int) -> bool:
    return any(_contains(step, node) for step in block)
