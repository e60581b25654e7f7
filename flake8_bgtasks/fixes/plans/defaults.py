"""What becomes of the default of a parameter that FastAPI fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import MoveParameter, Position, ReplaceDefault, place_of
from flake8_bgtasks.fixes.supply import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program

_POSITIONAL = ("positional_only", "normal")


def default_edits(supply: Supply, declared: Declaration) -> list[Edit]:
    """Return the edits that drop a default: none where calls rely on one that FastAPI ignores."""
    default = declared.default
    if default is None:
        return []
    calls = _calls(supply, declared)
    program, name = supply.program, declared.parameter.name
    relied_on = calls is None or any(
        program.binder.argument_for(site, name) is None for site in calls
    )
    if relied_on and _is_ignored(program, declared):
        return []
    try:
        position = _moves_to(program, declared, calls or ())
    except Refused:
        if _is_ignored(program, declared):
            return []
        raise
    function = place_of(program, declared.scope)
    dropped: list[Edit] = [ReplaceDefault(function, name, None)]
    return dropped if position is None else [*dropped, MoveParameter(function, name, position)]


def _calls(supply: Supply, declared: Declaration) -> Sequence[Site] | None:
    """Return the calls of a function that are no calls of FastAPI; None where they aren't known."""
    try:
        return supply.search(lambda thread: thread.calls(declared.scope))
    except Refused:
        return None


def _is_ignored(program: Program, declared: Declaration) -> bool:
    """Return whether FastAPI injects although there is this default: None, or an instance."""
    default = declared.default
    assert default is not None
    if program.instances.is_literal_none(default):
        return True
    return declared.marker.kind == "none" and program.is_tasks(program.value(default))


def _moves_to(program: Program, declared: Declaration, calls: Sequence[Site]) -> Position | None:
    """Return where a parameter goes when it has no default any more; None: it may stay."""
    signature = program.evaluator.classes.signature(declared.scope)
    positional = [p for p in signature if p.kind in _POSITIONAL]
    names = [p.name for p in positional]
    if declared.parameter.name not in names:
        return None
    index = names.index(declared.parameter.name)
    first = next(n for n, p in enumerate(positional) if p.default is not None)
    if first == index:
        return None
    given = max((_given(site) for site in calls), default=0)
    if given > index:
        raise Refused("a call passes it by position behind parameters with defaults")
    return "keyword_only" if given > first else "positional"


def _given(site: Site) -> int:
    return site.bound + sum(a.keyword is None for a in site.arguments)
