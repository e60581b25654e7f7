"""BGT505: decorators that hide from Starlette that a task is async."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import MakeAsync, Place, ReplaceExpression, Source, place_of
from flake8_bgtasks.fixes.plans.common import without_cache
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import NodeRef
from flake8_bgtasks.tracking.wrappers import is_only_returned, wrappers_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.things import ScopeRef

_CACHE_USES = (b"cache_clear", b"cache_info")
_PLAIN = (ast.Return, ast.Assign, ast.AnnAssign)


def unhidden(thread: Thread, task: ScopeRef) -> frozenset[Edit]:
    """Return the edits that make wrappers async, and take caches away, which keep coroutines.

    Raises Refused, and Grown.
    """
    program = thread.program
    edits: set[Edit] = set()
    for number in program.units.scope(task).decorators:
        decorator = NodeRef(task.path, task.unit, number)
        for wrapper in wrappers_of(program, decorator):
            _check_decorator(thread, wrapper)
            edits.update(_awaiting(thread, wrapper))
    cached = list(without_cache(program, task))
    if cached and any(map(thread.workspace.words.files_containing, _CACHE_USES)):
        raise Refused("something may use the cache of its decorator")
    return frozenset({*edits, *cached})


def _check_decorator(thread: Thread, wrapper: ScopeRef) -> None:
    """Refuse a decorator that stands around sync functions as well, or is called by hand."""
    program, decorator = thread.program, wrapper
    for around in program.units.above(wrapper):
        if program.units.scope(around).kind == "function":
            decorator = around
    sites = thread.calls(decorator)
    uses = set()
    for ref, scope in program.scopes:
        found = [NodeRef(ref.path, ref.unit, number) for number in scope.decorators]
        mine = [node for node in found if wrapper in wrappers_of(program, node)]
        if mine and (not scope.is_async or scope.is_generator):
            name, where = thread.workspace.name(ref), thread.workspace.where(ref)
            raise Refused(f"its decorator stands around {name} in {where}, too, which is sync")
        uses.update(mine)
    for site in sites:
        if site.call not in uses:
            name, where = thread.workspace.name(decorator), thread.workspace.where(site.call)
            raise Refused(f"the decorator {name} is called by hand in {where}")


def _awaiting(thread: Thread, wrapper: ScopeRef) -> Iterator[Edit]:
    """Yield the edits that have a wrapper await what it hands back."""
    program, where = thread.program, thread.workspace.where(wrapper)
    scope = program.units.scope(wrapper)
    if scope.is_async:
        return
    check_file(thread.workspace, wrapper.path)
    if not is_only_returned(program, wrapper):
        raise Refused(f"more than the decorator uses the wrapper in {where}")
    tree = thread.workspace.syntax.known(wrapper.path)
    returns = getattr(tree.function(scope.span), "returns", None)
    if returns is not None and ast.unparse(returns).rpartition(".")[2] != "Any":
        raise Refused(f"the wrapper in {where} is declared to return what it hands back")
    yield MakeAsync(place_of(program, wrapper))
    for event in scope.events:
        if isinstance(event, facts.Returned):
            ref = NodeRef(wrapper.path, wrapper.unit, event.value)
            call = tree.call(program.span(ref))
            if not isinstance(tree.parents[call], _PLAIN):
                raise Refused(f"more than a call is handed back in {thread.workspace.where(ref)}")
            place = Place(ref.path, tree.span(call))
            yield ReplaceExpression(place, ("await ", Source(place)))
