"""BGT102: pass the request's instance where a call was left to a default that all share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import ReplaceDefault, place_of
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.places import check_changeable
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking import facts
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

    Defaulted = tuple[ScopeRef, facts.SignatureParameter]

_POSITIONAL = ("positional_only", "normal")


def defaulted(program: Program, birth: NodeRef) -> Defaulted | None:
    """Return the function and the parameter that an instance is the default of."""
    for ref, scope in program.scopes:
        for parameter in scope.parameters if ref.path == birth.path else ():
            default = parameter.default
            if default is not None and NodeRef(ref.path, ref.unit, default) == birth:
                return ref, parameter
    return None


def passed_instead(
    thread: Thread, birth: NodeRef, function: ScopeRef, parameter: facts.SignatureParameter
) -> frozenset[Edit]:
    """Return the edits that drop the default and pass the injected instance in all calls."""
    program = thread.program
    check_changeable(thread.workspace, function)
    if not is_plainly_made(program, birth):
        raise Refused("an instance of its own kind is made here, which FastAPI does not inject")
    if program.fates.of(birth).opened:
        raise Refused("the list of tasks is used by hand")
    signature = program.units.scope(function).parameters
    before = signature[: signature.index(parameter)]
    if parameter.kind in _POSITIONAL and any(p.default is not None for p in before):
        raise Refused("parameters with defaults stand before it")
    thread.fill(function, parameter.name)
    return frozenset(
        {*thread.edits, ReplaceDefault(place_of(program, function), parameter.name, None)}
    )
