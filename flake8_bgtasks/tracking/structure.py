"""The part of the tracker that lays out the statements of a function as steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import libcst as cst

from flake8_bgtasks.tracking.flow import is_type_checking
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
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeGuard

    from flake8_bgtasks.tracking.facts import NodeId
    from flake8_bgtasks.tracking.positions import Positions


class Evaluation(NamedTuple):
    """The nodes that a statement or expression was turned into, and its value."""

    first: NodeId
    end: NodeId
    value: NodeId | None = None


class Structure:
    """Reads statements; `done` holds what the tracker visited, by `id(node)`."""

    def __init__(self, done: Mapping[int, Evaluation], positions: Positions) -> None:
        self._done = done
        self._positions = positions

    def block(self, node: cst.CSTNode | None) -> Block:
        """Return the steps of a suite, an `else` or a `finally`."""
        return () if node is None else tuple(self._steps(node))

    def _steps(self, node: Any) -> Iterator[Step]:
        if is_suite(node):
            for statement in node.body:
                yield from self._steps(statement)
        elif type(node) in _WRAPPERS:
            yield from self._steps(node.body)
        elif id(node) in self._done:
            compound = _COMPOUND.get(type(node))
            if compound is None:
                yield self._simple(node, self._done[id(node)])
            else:
                yield from compound(self, node)

    def _simple(self, node: cst.CSTNode, done: Evaluation) -> Step:
        match node:
            case cst.Expr():
                return Do(done.first, done.end, self._value(node.value))
            case cst.Return():
                value = self._value(node.value)
                return Leave("return", done.first, done.end, value, self._positions[id(node)])
            case cst.Raise():
                value = self._value(node.exc)
                return Leave("raise", done.first, done.end, value, self._positions[id(node)])
            case cst.Break():
                return Jump("break")
            case cst.Continue():
                return Jump("continue")
        return Do(done.first, done.end)

    def _value(self, node: cst.CSTNode | None) -> NodeId | None:
        done = None if node is None else self._done.get(id(node))
        return None if done is None else done.value

    def _head(self, *nodes: cst.CSTNode) -> Iterator[Do]:
        for node in nodes:
            done = self._done.get(id(node))
            if done is not None and done.first < done.end:
                yield Do(done.first, done.end)

    def _if(self, node: cst.If) -> Iterator[Step]:
        if is_type_checking(node.test):
            yield from self.block(node.orelse)
            return
        yield from self._head(node.test)
        branches = (self.block(node.body), self.block(node.orelse))
        yield Fork(branches, self._value(node.test))

    def _match(self, node: cst.Match) -> Iterator[Step]:
        yield from self._head(node.subject)
        branches = [self.block(case.body) for case in node.cases]
        if not any(is_anything(case.pattern) and case.guard is None for case in node.cases):
            branches.append(())
        yield Fork(tuple(branches))

    def _loop(self, node: cst.For | cst.While) -> Iterator[Step]:
        yield from self._head(node.iter if isinstance(node, cst.For) else node.test)
        endless = isinstance(node, cst.While) and _is_true(node.test)
        yield Loop(self.block(node.body), self.block(node.orelse), endless)

    def _try(self, node: cst.Try | cst.TryStar) -> Iterator[Attempt]:
        handlers = tuple(Handler(self._value(h.type), self.block(h.body)) for h in node.handlers)
        body, orelse = self.block(node.body), self.block(node.orelse)
        yield Attempt(body, handlers, orelse, self.block(node.finalbody))

    def _with(self, node: cst.With) -> Iterator[Step]:
        managers = [item.item for item in node.items]
        yield from self._head(*managers)
        values = [self._value(manager) for manager in managers]
        yield Managed(tuple(v for v in values if v is not None), self.block(node.body))


_COMPOUND: Mapping[type[cst.CSTNode], Callable[[Structure, Any], Iterator[Step]]] = {
    cst.If: Structure._if,
    cst.Match: Structure._match,
    **dict.fromkeys((cst.For, cst.While), Structure._loop),
    **dict.fromkeys((cst.Try, cst.TryStar), Structure._try),
    cst.With: Structure._with,
}
_WRAPPERS = frozenset({cst.Else, cst.Finally})
_SUITES = frozenset({cst.IndentedBlock, cst.SimpleStatementLine, cst.SimpleStatementSuite})


def is_suite(
    node: cst.CSTNode,
) -> TypeGuard[cst.IndentedBlock | cst.SimpleStatementLine | cst.SimpleStatementSuite]:
    """Return whether a node holds statements and nothing else; `isinstance` would take longer."""
    return type(node) in _SUITES


def is_anything(pattern: cst.CSTNode) -> bool:
    """Return whether a pattern matches whatever there is."""
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None


def _is_true(test: cst.CSTNode) -> bool:
    return isinstance(test, (cst.Name, cst.Integer)) and test.value in ("True", "1")
