"""Which code may raise something that isn't written there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.unit import Unit

_SAFE_METHODS = frozenset({"add_task", "set_status", "format", "model_dump", "dict"})
_LOG_METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
)
_SAFE_FUNCTIONS = frozenset(
    {"str", "repr", "len", "isinstance", "print", "bool", "type", "getattr", "hasattr", "list"}
)


def may_fail(unit: Unit, scope: int, first: int, end: int) -> bool:
    """Return whether evaluating the nodes from `first` up to `end` may raise an exception."""
    return any(
        unit.owners[index] == scope and _may_fail(unit, unit.nodes[index])
        for index in range(first, end)
    )


def _may_fail(unit: Unit, node: facts.Node) -> bool:
    match node:
        case facts.Subscript() | facts.Entered():
            return True
        case facts.Call(function=function):
            return not _is_safe(unit.nodes[function])
    return False


def _is_safe(function: facts.Node) -> bool:
    """Return whether a call is known to return: adding tasks, logging, simple builtins."""
    match function:
        case facts.Attribute(name=name):
            return name in _SAFE_METHODS or name in _LOG_METHODS
        case facts.Free(name=name):
            return name in _SAFE_FUNCTIONS
    return False
