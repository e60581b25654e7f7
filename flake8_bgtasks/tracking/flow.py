"""What conditions tell about local variables, and which names a block binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_bgtasks.tracking.facts import NodeId
from flake8_bgtasks.tracking.positions import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

Env = dict[str, NodeId]
"""The node that each local variable is bound to; never changed in place."""


def narrowed_by(test: cst.CSTNode, *, holds: bool) -> dict[str, bool]:
    """Return the variables that are None (True) or set (False) where `test` came out as `holds`."""
    if isinstance(test, cst.Name):
        return {test.value: not holds}
    if isinstance(test, cst.NamedExpr):
        return narrowed_by(test.target, holds=holds)
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return narrowed_by(test.expression, holds=not holds)
    if isinstance(test, cst.BooleanOperation):
        return _both(test) if holds is isinstance(test.operator, cst.And) else {}
    if isinstance(test, cst.Comparison):
        return _compared(test, holds=holds)
    return _instance(test) if holds else {}


def _both(test: cst.BooleanOperation) -> dict[str, bool]:
    holds = isinstance(test.operator, cst.And)
    return narrowed_by(test.left, holds=holds) | narrowed_by(test.right, holds=holds)


def _compared(test: cst.Comparison, *, holds: bool) -> dict[str, bool]:
    if len(test.comparisons) != 1:
        return {}
    operator, right = test.comparisons[0].operator, test.comparisons[0].comparator
    left, right = (right, test.left) if _is_none(test.left) else (test.left, right)
    left = left.target if isinstance(left, cst.NamedExpr) else left
    if not isinstance(left, cst.Name) or not _is_none(right):
        return {}
    if isinstance(operator, (cst.Is, cst.Equal)):
        return {left.value: holds}
    if isinstance(operator, (cst.IsNot, cst.NotEqual)):
        return {left.value: not holds}
    return {}


def _is_none(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _instance(test: cst.CSTNode) -> dict[str, bool]:
    """`isinstance(x, …)` and `hasattr(x, …)` are false for None."""
    if not (isinstance(test, cst.Call) and isinstance(test.func, cst.Name) and test.args):
        return {}
    first = test.args[0].value
    known = test.func.value in ("isinstance", "hasattr") and isinstance(first, cst.Name)
    return {first.value: False} if known else {}  # type: ignore[attr-defined]


def names_bound_in(*blocks: cst.CSTNode) -> set[str]:
    """Return the names that the code in `blocks` may bind (or more: inner functions count too)."""
    bound: set[str] = set()
    for block in blocks:
        for node in walk(block):
            part = _BINDING.get(type(node))
            if part is not None:
                bound.update(_names_in(getattr(node, part)))
    return bound


_BINDING: Mapping[type[cst.CSTNode], str] = {
    **dict.fromkeys((cst.AssignTarget, cst.AnnAssign, cst.AugAssign), "target"),
    **dict.fromkeys((cst.For, cst.NamedExpr), "target"),
    **dict.fromkeys((cst.FunctionDef, cst.ClassDef, cst.AsName), "name"),
    **dict.fromkeys((cst.MatchAs, cst.MatchStar), "name"),
}
"""What binds names, and in which part of it they stand; `isinstance` would take longer."""


def _names_in(part: cst.CSTNode | None) -> list[str]:
    return [] if part is None else [n.value for n in walk(part) if isinstance(n, cst.Name)]


def is_type_checking(test: cst.CSTNode) -> bool:
    """Return whether `test` is false whenever the program runs: TYPE_CHECKING, False, 0."""
    name = test.attr if isinstance(test, cst.Attribute) else test
    if isinstance(name, cst.Name):
        return name.value in ("TYPE_CHECKING", "False")
    return isinstance(name, cst.Integer) and name.value == "0"
