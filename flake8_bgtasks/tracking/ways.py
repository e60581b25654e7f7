"""How functions are left after something in them: normally, or by which exceptions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.course import Course, Exits, Start
from flake8_bgtasks.tracking.failures import ANYTHING, Failure, Failures
from flake8_bgtasks.tracking.steps import steps_in
from flake8_bgtasks.tracking.things import External, Function, Method, NodeRef, ScopeRef, Thing

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.steps import Leave
    from flake8_bgtasks.tracking.unit import Scope, Unit

MAX_DEPTH = 3
"""Functions that call functions that always raise are followed so deep."""

BUDGET = 100_000
"""So many steps are gone in one function, from all of its nodes; then it is taken to go on."""


class Ways:
    """Answers how functions are left. What is not known goes on normally."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._units = program.units
        self.failures = Failures(program)
        self._whole: dict[tuple[ScopeRef, int], Exits] = {}
        self._after: dict[NodeRef, Course] = {}
        self._gone: Counter[ScopeRef] = Counter()
        self._lengths: dict[ScopeRef, int] = {}
        self._depth = 0

    def after(self, ref: NodeRef) -> Exits:
        """Return how its function is left once the node has been evaluated."""
        return self._course_after(ref).exits

    def failing(self, ref: NodeRef, failures: frozenset[Failure]) -> Exits:
        """Return how its function is left if the evaluation of the node raises."""
        return self._course(self._units.owner(ref), Start(ref.node, failures)).exits

    def reaches(self, ref: NodeRef, other: NodeRef) -> bool:
        """Return whether another node of the same function may be evaluated after a node."""
        return self._course_after(ref).has_passed(other.node)

    def leaves(self, ref: NodeRef) -> tuple[Leave, ...]:
        """Return the `return` and `raise` statements that may be reached after a node."""
        return tuple(self._course_after(ref).left)

    def whole(self, scope: ScopeRef) -> Exits:
        """Return how a function is left."""
        key = (scope, self._depth)
        if key not in self._whole:
            self._whole[key] = self._course(scope, None).exits
        return self._whole[key]

    def comes_first(self, scope: ScopeRef, first: frozenset[int], ref: NodeRef) -> bool:
        """Return whether a node can only be evaluated after one of the nodes `first`."""
        course = Course(self, scope, self._unit(scope), stops=first, surprised=False)
        course.run(None)
        return not course.has_passed(ref.node)

    def leads_to(self, ref: NodeRef, other: NodeRef) -> bool:
        """Return whether a node may be evaluated after another one if no call in between fails."""
        scope = self._units.owner(ref)
        course = Course(self, scope, self._unit(scope), surprised=False)
        course.run(Start(ref.node))
        return course.has_passed(other.node)

    def _course_after(self, ref: NodeRef) -> Course:
        if ref not in self._after:
            self._after[ref] = self._course(self._units.owner(ref), Start(ref.node))
        return self._after[ref]

    def _course(self, scope: ScopeRef, start: Start | None) -> Course:
        course = Course(self, scope, self._unit(scope))
        course.is_given_up = start is not None and not self._can_go(scope)
        if not course.is_given_up:
            course.run(start)
        return course

    def _can_go(self, scope: ScopeRef) -> bool:
        """Return whether the budget of a function is left, and take from it."""
        if scope not in self._lengths:
            steps = self._unit(scope).scopes[scope.scope].steps
            self._lengths[scope] = sum(1 for _ in steps_in(steps))
        self._gone[scope] += self._lengths[scope]
        return self._gone[scope] <= BUDGET

    def _unit(self, scope: ScopeRef) -> Unit:
        return self._units.outlined(scope.path, scope.unit)

    # Calls that never return

    def always_raised(self, ref: NodeRef) -> frozenset[Failure] | None:
        """Return what the call (or awaited call) at a node always raises; None if it may return."""
        node = self._units.node(ref)
        awaited = isinstance(node, facts.Awaited)
        if isinstance(node, facts.Awaited):
            node = self._units.node(ref._replace(node=node.base))
        if not isinstance(node, facts.Call) or self._depth >= MAX_DEPTH:
            return None
        self._depth += 1
        things = self.program.evaluator.deep_value(ref._replace(node=node.function))
        raised = [self._raised_by(thing, awaited=awaited) for thing in things]
        self._depth -= 1
        known_ones = [failures for failures in raised if failures is not None]
        if not raised or len(known_ones) < len(raised):
            return None
        return frozenset[Failure]().union(*known_ones)

    def _raised_by(self, thing: Thing, *, awaited: bool) -> frozenset[Failure] | None:
        match thing:
            case External(name=name):
                return _EXIT if name in known.NEVER_RETURN else None
            case Function(ref=ref) | Method(function=ref):
                scope = self._units.scope(ref)
                if scope.is_generator or scope.is_stub or scope.is_async is not awaited:
                    return None
                if self._says_never(ref, scope):
                    return frozenset([ANYTHING])
                exits = self.whole(ref)
                return None if exits.normal else exits.failures
        return None

    def _says_never(self, ref: ScopeRef, scope: Scope) -> bool:
        if scope.returns is None:
            return False
        things = self.program.evaluator.deep_value(NodeRef(ref.path, ref.unit, scope.returns))
        return bool(things) and all(known.is_external(thing, known.NEVER) for thing in things)


_EXIT = frozenset([Failure(frozenset([External("builtins.SystemExit")]), exact=True)])
