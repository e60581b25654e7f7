"""Which function's variables a place in a nested function or lambda can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.held import held

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.supply.references import References
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

_CALLS_AT_ONCE = frozenset(f"builtins.{name}" for name in ("map", "filter", "sorted", "min", "max"))


def holder_of(workspace: Workspace, references: References, place: NodeRef) -> ScopeRef:
    """Return the function whose instance a place uses: the one around it that is called by name.

    Raises Refused where a nested function may run later than the one around it.
    """
    program = workspace.program
    scope = program.units.owner(place)
    while _is_nested(workspace, scope):
        if program.roles.of(scope) or _holds(workspace, scope):
            return scope
        _check_runs_inside(workspace, references, scope)
        parent = program.units.parent(scope)
        assert parent is not None
        scope = parent
    return scope


def _is_nested(workspace: Workspace, scope: ScopeRef) -> bool:
    parent = workspace.program.units.parent(scope)
    inner = workspace.program.units.scope(scope).kind in ("function", "lambda")
    around = parent is not None and workspace.program.units.scope(parent).kind
    return inner and around in ("function", "lambda")


def _holds(workspace: Workspace, scope: ScopeRef) -> bool:
    is_function = workspace.program.units.scope(scope).kind == "function"
    return is_function and held(workspace, scope) is not None


def _check_runs_inside(workspace: Workspace, references: References, scope: ScopeRef) -> None:
    """Raise Refused unless a nested function is called only by the code around it."""
    try:
        references.check_uses(scope, _CALLS_AT_ONCE)
    except Refused as refused:
        name = workspace.program.units.scope(scope).name
        where = workspace.where(scope)
        raise Refused(f"{name} in {where} may run after the request") from refused
