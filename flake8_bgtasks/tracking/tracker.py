"""The libcst visitor: follows every value through the statements of a unit.

It walks each statement once, in the order of execution, and keeps for every local variable the node
it is bound to: branches are joined, loops closed, names tested against None narrowed. It judges
nothing; the facts say what was called with what, returned, stored, awaited, and where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.definitions import Definitions
from flake8_bgtasks.tracking.flow import Env, is_type_checking, names_bound_in, narrowed_by
from flake8_bgtasks.tracking.positions import walk
from flake8_bgtasks.tracking.structure import Evaluation, is_anything, is_suite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flake8_bgtasks.project.bodies import FunctionBody
    from flake8_bgtasks.tracking.builder import UnitBuilder
    from flake8_bgtasks.tracking.facts import NodeId, ScopeId
    from flake8_bgtasks.tracking.positions import Positions

_NOWHERE: Env = {}


class Tracker(Definitions):
    """Visits statements. `reachable` is False behind a return, raise, break or continue."""

    def __init__(
        self,
        unit: UnitBuilder,
        positions: Positions,
        scope_id: ScopeId,
        left_out: Mapping[int, FunctionBody],
    ) -> None:
        self.unit = unit
        self.positions = positions
        self.scope_id = scope_id
        self.left_out = left_out
        self.here = self.scope.span
        self.env = {}
        self.done = {}
        self.reachable = True
        self.loops: list[tuple[list[Env], list[Env]]] = []

    def block(self, statements: Sequence[cst.CSTNode]) -> None:
        """Run statements until one of them leaves the block."""
        for statement in statements:
            if not self.reachable:
                return
            self.statement(statement)

    def statement(self, node: cst.CSTNode) -> None:
        if is_suite(node):
            self.block(node.body)
            return
        visit = getattr(self, f"run_{type(node).__name__}", None)
        if visit is not None:
            self.here = self.span(node)
            first = self.unit.next_node
            visit(node)
            self.done[id(node)] = Evaluation(first, self.unit.next_node)

    # Simple statements

    def run_Expr(self, node: cst.Expr) -> None:
        value = self.expression(node.value)
        self.scope.events.append(facts.Evaluated(value, self.here))

    def run_Assign(self, node: cst.Assign) -> None:
        value = self.expression(node.value)
        for target in node.targets:
            self.assign(target.target, value)

    def run_AnnAssign(self, node: cst.AnnAssign) -> None:
        annotation = self.annotation(node.annotation.annotation)
        value = None if node.value is None else self.expression(node.value)
        if self.scope.kind == "class" and isinstance(node.target, cst.Name):
            declared = facts.Field(node.target.value, annotation, value, self.here)
            self.scope.fields.append(declared)
        if value is not None:
            self.assign(node.target, self.add(facts.Declared(value, annotation), node))
        elif isinstance(node.target, cst.Attribute):
            self.assign(node.target, self.add(facts.Declared(self.add(facts.Opaque()), annotation)))

    def run_AugAssign(self, node: cst.AugAssign) -> None:
        parts = (self.expression(node.target), self.expression(node.value))
        self.assign(node.target, self.add(facts.Opaque(parts)))

    def run_TypeAlias(self, node: cst.TypeAlias) -> None:
        self.bind(node.name.value, self.add(facts.TypeAlias(self.annotation(node.value))))

    def run_Return(self, node: cst.Return) -> None:
        value = (
            self.add(facts.Constant("none")) if node.value is None else self.expression(node.value)
        )
        self.scope.events.append(facts.Returned(value, self.here))
        self.reachable = False

    def run_Raise(self, node: cst.Raise) -> None:
        if node.exc is not None:
            self.scope.events.append(facts.Raised(self.expression(node.exc), self.here))
        self.reachable = False

    def run_Assert(self, node: cst.Assert) -> None:
        self._condition(node.test)
        self.env = self.narrow(narrowed_by(node.test, holds=True))

    def run_Del(self, node: cst.Del) -> None:
        if isinstance(node.target, cst.Name):
            gone = node.target.value
            self.env = {name: value for name, value in self.env.items() if name != gone}

    def run_Global(self, node: cst.Global) -> None:
        self.scope.global_names.update(item.name.value for item in node.names)

    def run_Nonlocal(self, node: cst.Nonlocal) -> None:
        self.scope.nonlocal_names.update(item.name.value for item in node.names)

    def run_Break(self, _node: cst.Break) -> None:
        self._leave_loop(0)

    def run_Continue(self, _node: cst.Continue) -> None:
        self._leave_loop(1)

    def _leave_loop(self, exit_kind: int) -> None:
        if self.loops:
            self.loops[-1][exit_kind].append(self.env)
        self.reachable = False

    # Branches

    def run_If(self, node: cst.If) -> None:
        if is_type_checking(node.test):
            self._dead(node.body)
            ends = [self._branch(node.orelse, self.env)]
        else:
            self._condition(node.test)
            yes = self.narrow(narrowed_by(node.test, holds=True))
            no = self.narrow(narrowed_by(node.test, holds=False))
            ends = [self._branch(node.body, yes), self._branch(node.orelse, no)]
        self._join(ends)

    def run_Else(self, node: cst.Else) -> None:
        self.statement(node.body)

    def run_Finally(self, node: cst.Finally) -> None:
        self.statement(node.body)

    def _condition(self, test: cst.BaseExpression) -> None:
        self.scope.events.append(facts.Condition(self.expression(test), self.here))

    def _dead(self, body: cst.BaseSuite) -> None:
        """Take over only the names that code for the type checker binds; the rest never runs."""
        for line in body.body:
            for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(small, (cst.Import, cst.ImportFrom)):
                    self.statement(small)

    def _branch(self, node: cst.CSTNode | None, env: Env) -> Env | None:
        """Run `node` from `env`; return the environment at its end, None if it never gets there."""
        self.env, self.reachable = env, True
        if node is not None:
            self.statement(node)
        end = self.env if self.reachable else None
        self.reachable = True
        return end

    def _join(self, ends: list[Env | None]) -> None:
        """Go on where any of the branches arrives."""
        live = [end for end in ends if end is not None]
        self.reachable = bool(live)
        if live:
            self.env = self._joined(live)

    def _joined(self, envs: list[Env]) -> Env:
        first = envs[0]
        if all(env is first for env in envs):
            return first
        changed = {name for env in envs for name, _ in env.items() ^ first.items()}
        joined = {
            name: self.unit.join([e[name] for e in envs if name in e], self.here, self.scope_id)
            for name in sorted(changed)
        }
        return first | joined

    def run_Match(self, node: cst.Match) -> None:
        subject = self.expression(node.subject)
        before = self.env
        ends: list[Env | None] = []
        for case in node.cases:
            self.env = self._matched(node.subject, case.pattern, before)
            self._capture(case.pattern, subject)
            if case.guard is not None:
                self._condition(case.guard)
            ends.append(self._branch(case.body, self.env))
            if case.guard is None and _is_none(case.pattern):
                before = self._narrowed_subject(node.subject, before, is_none=False)
        if not any(case.guard is None and is_anything(case.pattern) for case in node.cases):
            ends.append(before)
        self._join(ends)

    def _matched(self, subject: cst.BaseExpression, pattern: cst.CSTNode, env: Env) -> Env:
        """Return what is known of the subject where it matches a pattern."""
        if is_anything(pattern):
            return env
        return self._narrowed_subject(subject, env, is_none=_is_none(pattern))

    def _narrowed_subject(self, subject: cst.BaseExpression, env: Env, *, is_none: bool) -> Env:
        self.env = env
        known = isinstance(subject, cst.Name)
        return self.narrow({subject.value: is_none}) if known else env  # type: ignore[attr-defined]

    def _capture(self, pattern: cst.CSTNode, subject: NodeId) -> None:
        if isinstance(pattern, cst.MatchAs):
            if pattern.pattern is not None:
                self._capture(pattern.pattern, subject)
            if pattern.name is not None:
                self.bind(pattern.name.value, subject)
            return
        for name in names_bound_in(pattern):
            self.bind(name, self.add(facts.Element(subject)))

    # Loops

    def run_For(self, node: cst.For) -> None:
        self.scope.suspends |= node.asynchronous is not None
        items = self.expression(node.iter)
        heads = self._loop_heads(names_bound_in(node.body, node.target))
        before = self.env
        self.assign(node.target, self.add(facts.Element(items)))
        self._loop(node, heads, before, endless=False)

    def run_While(self, node: cst.While) -> None:
        heads = self._loop_heads(names_bound_in(node.body, node.test))
        before = self.env
        self._condition(node.test)
        endless = isinstance(node.test, cst.Name) and node.test.value == "True"
        self.env = self.narrow(narrowed_by(node.test, holds=True))
        self._loop(node, heads, before, endless=endless)

    def _loop_heads(self, names: set[str]) -> dict[str, tuple[NodeId, NodeId]]:
        """Give every variable that the loop rebinds a node for "as before, or as rebound"."""
        heads = {}
        for name in sorted(names & self.env.keys()):
            head = self.unit.reserve(self.here, self.scope_id)
            heads[name] = (head, self.env[name])
        self.env = self.env | {name: head for name, (head, _) in heads.items()}
        return heads

    def _loop(
        self,
        node: cst.For | cst.While,
        heads: dict[str, tuple[NodeId, NodeId]],
        before: Env,
        *,
        endless: bool,
    ) -> None:
        self.loops.append(([], []))
        end = self._branch(node.body, self.env)
        breaks, continues = self.loops.pop()
        again = [env for env in [end, *continues] if env is not None]
        for name, (head, first) in heads.items():
            rebound = [env[name] for env in again if name in env and env[name] != head]
            self.unit.settle(head, [first, *rebound])
        exhausted = None if endless else self._joined([before, *again])
        if node.orelse is not None and exhausted is not None:
            exhausted = self._branch(node.orelse, exhausted)
        self._join([exhausted, *breaks])

    # try and with

    def run_Try(self, node: cst.Try | cst.TryStar) -> None:
        before, mark, first = self.env, len(self.scope.bound), self.unit.next_node
        end = self._branch(node.body, before)
        if any(_catches_attribute_errors(handler) for handler in node.handlers):
            self.unit.caught.append((first, self.unit.next_node))
        interrupted = self._interrupted(before, mark)
        if end is not None and node.orelse is not None:
            end = self._branch(node.orelse, end)
        ends = [end, *(self._handler(handler, interrupted) for handler in node.handlers)]
        if node.finalbody is not None:
            self._finally(node.finalbody, ends, self._interrupted(interrupted, mark))
        else:
            self._join(ends)

    run_TryStar = run_Try

    def _interrupted(self, before: Env, mark: int) -> Env:
        """Return what holds when an exception leaves the block: variables old or rebound."""
        options: dict[str, list[NodeId]] = {}
        for name, value in self.scope.bound[mark:]:
            known = [before[name]] if name in before else []
            options.setdefault(name, known).append(value)
        return before | {
            name: self.unit.join(values, self.here, self.scope_id)
            for name, values in options.items()
        }

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler, env: Env) -> Env | None:
        self.env = env
        if node.type is not None:
            self.expression(node.type)
        if node.name is not None:
            self.assign(node.name.name, self.add(facts.Opaque()))
        return self._branch(node.body, self.env)

    def _finally(self, node: cst.Finally, ends: list[Env | None], interrupted: Env) -> None:
        live = [end for end in ends if end is not None]
        end = self._branch(node, self._joined([*live, interrupted]))
        self.reachable = end is not None and bool(live)

    def run_With(self, node: cst.With) -> None:
        self.scope.suspends |= node.asynchronous is not None
        for item in node.items:
            entered = self.add(facts.Entered(self.expression(item.item)), item.item)
            if item.asname is not None:
                self.assign(item.asname.name, entered)
        self.statement(node.body)


def _is_none(pattern: cst.CSTNode) -> bool:
    value = pattern.value if isinstance(pattern, cst.MatchSingleton) else None
    return value is not None and value.value == "None"


def _catches_attribute_errors(node: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Return whether a handler is made for something that isn't there."""
    names = walk(node.type) if node.type is not None else ()
    return any(
        isinstance(n, cst.Name) and n.value in ("AttributeError", "TypeError") for n in names
    )
