"""Decorators that may catch what a function raises, and answer in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Function, NodeRef, ScopeRef, Unknown
from flake8_bgtasks.tracking.wrappers import wrappers_of

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.failures import Failure
    from flake8_bgtasks.tracking.program import Program


def may_catch(program: Program, scope: ScopeRef, failures: frozenset[Failure]) -> bool:
    """Return whether a decorator of a function may keep its exceptions from the framework."""
    registered = {role.where for role in program.roles.of(scope)}
    decorators = (
        NodeRef(scope.path, scope.unit, node) for node in program.units.scope(scope).decorators
    )
    return any(_catches(program, d, failures) for d in decorators if d not in registered)


def _catches(program: Program, decorator: NodeRef, failures: frozenset[Failure]) -> bool:
    node = program.units.node(decorator)
    function = decorator._replace(node=node.function) if isinstance(node, facts.Call) else decorator
    for thing in program.evaluator.deep_value(function):
        if isinstance(thing, Unknown | Class) or isinstance(getattr(thing, "cls", None), Class):
            return True
        if isinstance(thing, Function) and _wrapper_catches(program, decorator, failures):
            return True
    return False


def _wrapper_catches(program: Program, decorator: NodeRef, failures: frozenset[Failure]) -> bool:
    """Return whether a wrapper goes on normally where something that it calls raises."""
    return any(
        program.ways.failing(call, failures).normal
        for wrapper in wrappers_of(program, decorator)
        for call in _forwarding_calls(program, wrapper)
    )


def _forwarding_calls(program: Program, scope: ScopeRef) -> list[NodeRef]:
    """Return the calls `f(*args, …)` in a wrapper, or all where there are none."""
    calls = {ref: node for ref, node in program.units.own(scope) if isinstance(node, facts.Call)}
    starred = [ref for ref, call in calls.items() if any(a.star for a in call.arguments)]
    return starred or list(calls)
