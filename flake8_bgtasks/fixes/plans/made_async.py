"""BGT505: make a task `async def`, and await in it what nobody awaits."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import MakeAsync, Place, ReplaceExpression, Source, place_of
from flake8_bgtasks.fixes.plans.called_early import is_scheduler
from flake8_bgtasks.fixes.plans.unhidden import unhidden
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.family import Families
from flake8_bgtasks.fixes.supply.places import check_changeable
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.loops import call_without_loop, calls_in
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.things import ScopeRef

_PLAIN = (ast.Expr, ast.Return, ast.Assign, ast.AnnAssign)


def awaiting(thread: Thread, task: ScopeRef) -> frozenset[Edit]:
    """Return the edits that have a task await its async work. Raises Refused."""
    if thread.program.wrapping.hides_async(task):
        return unhidden(thread, task)
    edits: set[Edit] = set()
    found = call_without_loop(thread.program, task)
    if found is not None:
        function = thread.program.function_around(found.call)
        edits.update(_awaited(thread, ref) for ref in calls_in(thread.program, function))
        _make_async(thread, function, edits)
    edits.update(_awaited(thread, ref) for ref in _coroutines(thread, task))
    _make_async(thread, task, edits)
    return frozenset(edits)


def _coroutines(thread: Thread, function: ScopeRef) -> Iterator[NodeRef]:
    """Yield the coroutines that a function returns."""
    for event in thread.program.units.scope(function).events:
        if isinstance(event, facts.Returned):
            ref = NodeRef(function.path, function.unit, event.value)
            result = thread.program.results.of(ref)
            if result is not None and result.kind == "coroutine":
                yield ref


def _awaited(thread: Thread, ref: NodeRef) -> Edit:
    """`create_task(f())`, and what only makes a coroutine, becomes `await f()`."""
    tree = thread.workspace.syntax.known(ref.path)
    call = next((n for n in tree.at[thread.program.span(ref)] if isinstance(n, ast.Call)), None)
    if call is None or not isinstance(tree.parents[call], _PLAIN):
        raise Refused(f"something is done with the coroutine in {thread.workspace.where(ref)}")
    place = Place(ref.path, tree.span(call))
    text: Text = ("await ", Source(Place(ref.path, tree.span(_coroutine(tree, call)))))
    return ReplaceExpression(place, text)


def _coroutine(tree: Tree, call: ast.Call) -> ast.expr:
    if not is_scheduler(call.func):
        return call
    if not isinstance(tree.parents[call], ast.Expr) or not call.args:
        raise Refused("something is done with what create_task() returns")
    return call.args[0]


def _make_async(thread: Thread, function: ScopeRef, edits: set[Edit]) -> None:
    """Add the edits that make a function, and those that call it, `async def`."""
    program = thread.program
    scope, place = program.units.scope(function), place_of(program, function)
    if scope.is_async or MakeAsync(place) in edits:
        return
    name, where = thread.workspace.name(function), thread.workspace.where(function)
    if scope.kind != "function" or scope.is_generator or program.roles.of(function):
        raise Refused(f"{name} in {where} can't simply become an 'async def' function")
    _check_declared(thread, function)
    edits.add(MakeAsync(place))
    sites = thread.calls(function)
    check_changeable(thread.workspace, function)
    if len(Families(thread.workspace).of(function)) > 1:
        raise Refused(f"{name} in {where} is overridden, or overrides another")
    for site in sites:
        if site.how == "task":
            continue
        if site.how != "call" or not program.instances.is_in_function(site.call):
            raise Refused(f"{thread.workspace.where(site.call)} calls {name}, and can't await it")
        edits.add(_awaited(thread, site.call))
        _make_async(thread, program.units.owner(site.call), edits)


def _check_declared(thread: Thread, function: ScopeRef) -> None:
    """Refuse a function that is declared to return a coroutine."""
    tree = thread.workspace.syntax.known(function.path)
    node = tree.function(thread.program.units.scope(function).span)
    returns = getattr(node, "returns", None)
    if returns is not None and re.search(r"Coroutine|Awaitable|Future|Task", ast.unparse(returns)):
        name, where = thread.workspace.name(function), thread.workspace.where(function)
        raise Refused(f"{name} in {where} is declared to return what its caller awaits")
