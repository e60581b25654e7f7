"""Whether a call is over before the response is sent, so that the tasks it adds are run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.binding import Site

_SCHEDULES = frozenset(
    f"asyncio.{name}"
    for name in ("gather", "wait", "wait_for", "shield", "create_task", "ensure_future")
)
_WAITS = frozenset({"asyncio.run", "asyncio.TaskGroup().create_task"})


def check_timing(workspace: Workspace, site: Site) -> None:
    """Raise Refused where what a call does may come after the request's tasks have run."""
    _check_yield(workspace, site.call)
    function = workspace.program.units.scope(site.function)
    alone = function.is_async and not function.is_generator and site.how == "call"
    if alone and not _is_awaited(workspace, site.call, set()):
        where = workspace.where(site.call)
        raise Refused(f"{where} starts {workspace.name(site.function)} without awaiting it")


def _check_yield(workspace: Workspace, call: NodeRef) -> None:
    """Behind the `yield` of a dependency, the response has its tasks already."""
    program = workspace.program
    owner = program.units.owner(call)
    for scope_ref in (owner, *program.units.above(owner)):
        check_behind_yield(workspace, scope_ref, call)


def check_behind_yield(workspace: Workspace, function: ScopeRef, place: NodeRef) -> None:
    """Raise Refused where a node stands behind the `yield` of a dependency."""
    program = workspace.program
    scope = program.units.scope(function)
    if not scope.is_generator or "dependency" not in program.roles.kinds(function):
        return
    tree = workspace.syntax.known(function.path)
    yields = [n for n in ast.walk(tree.function(scope.span)) if isinstance(n, ast.Yield)]
    if any(node.lineno < program.span(place).line for node in yields):
        raise Refused(
            f"{workspace.where(place)} comes after the 'yield' of a dependency, where FastAPI "
            "may have run the tasks already"
        )


def _is_awaited(workspace: Workspace, ref: NodeRef, seen: set[NodeRef]) -> bool:
    """Return whether a coroutine, or what is made of it, is surely awaited."""
    program = workspace.program
    if ref in seen:
        return False
    seen.add(ref)
    for user in program.units.using(ref):
        node = program.units.node(user)
        if isinstance(node, facts.Awaited):
            return True
        if isinstance(node, facts.Call) and node.function != ref.node:
            called = program.value(user._replace(node=node.function))
            if called and all(known.is_external(thing, _WAITS) for thing in called):
                return True
            if not all(known.is_external(thing, _SCHEDULES) for thing in called):
                continue
        elif isinstance(node, facts.Attribute):
            continue
        if _is_awaited(workspace, user, seen):
            return True
    return _is_returned(workspace, ref) or any(
        _is_awaited(workspace, read, seen) for read in program.links.reads.get(ref, ())
    )


def _is_returned(workspace: Workspace, ref: NodeRef) -> bool:
    """Return whether a helper hands a coroutine to its caller, who is looked at like this too."""
    users = workspace.program.units.users(ref)
    return any(
        isinstance(event, facts.Returned)
        and not workspace.program.roles.of(ScopeRef(ref.path, ref.unit, number))
        for number, event in users.events.get(ref.node, ())
    )
