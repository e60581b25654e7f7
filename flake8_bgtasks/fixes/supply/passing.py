"""Where a new parameter goes in a signature, and how a call passes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import PassArgument, Position, Text, place_of
from flake8_bgtasks.fixes.supply import Refused

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking import facts
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

_POSITIONAL = ("positional_only", "normal")
_NO_KEYWORDS = (".run_in_executor", "anyio.to_thread.run_sync")


@dataclass(frozen=True)
class Slot:
    """A parameter: its name, and its index among the positional ones, None if passed by keyword."""

    name: str
    index: int | None
    by_keyword: bool = True


def position_in(
    signatures: list[tuple[facts.SignatureParameter, ...]], *, called: bool = True
) -> Position:
    """Return where a parameter can be added to all of the signatures alike.

    What is not `called` by the project's own code gets all from FastAPI, by keyword.
    """
    counts = {sum(p.kind in _POSITIONAL for p in signature) for signature in signatures}
    kinds = _POSITIONAL if called else ("positional_only",)
    closed = any(
        (p.kind in kinds and p.default is not None) or p.kind == "var_positional"
        for signature in signatures
        for p in signature
    )
    return "keyword_only" if closed or (called and len(counts) > 1) else "positional"


def new_slot(name: str, signature: tuple[facts.SignatureParameter, ...], where: Position) -> Slot:
    """Return the slot of a parameter that is added to a signature."""
    count = sum(p.kind in _POSITIONAL for p in signature)
    return Slot(name, count if where == "positional" else None)


def slot_of(name: str, signature: tuple[facts.SignatureParameter, ...]) -> Slot:
    """Return the slot of a parameter that a signature has."""
    positional = [p for p in signature if p.kind in _POSITIONAL]
    for index, parameter in enumerate(positional):
        if parameter.name == name:
            return Slot(name, index, parameter.kind == "normal")
    return Slot(name, None)


def is_there(workspace: Workspace, site: Site, slot: Slot) -> bool:
    """Return whether a call passes one more argument already, which no parameter takes yet.

    Raises Refused where it passes even more.
    """
    if any(argument.keyword == slot.name for argument in site.arguments):
        return True
    given = site.bound + sum(a.keyword is None and not a.star for a in site.arguments)
    if slot.index is not None and given > slot.index + 1:
        where = workspace.where(site.call)
        raise Refused(f"the call in {where} passes more than the function takes")
    return given - 1 == slot.index


def passed(workspace: Workspace, site: Site, slot: Slot, value: Text) -> PassArgument:
    """Return the edit that passes one more argument; raise Refused if it may be passed already."""
    program = workspace.program
    where = workspace.where(site.call)
    if any(argument.star == "**" for argument in site.arguments):
        raise Refused(f"the call in {where} passes **arguments, which may hold {slot.name!r}")
    starred = any(argument.star == "*" for argument in site.arguments)
    given = site.bound + sum(a.keyword is None and not a.star for a in site.arguments)
    call = place_of(program, site.call)
    if slot.index == given and not starred:
        return PassArgument(call, value)
    if not slot.by_keyword or (
        starred and slot.index is not None and _is_existing(program, site, slot)
    ):
        raise Refused(f"it is not known which arguments the call in {where} passes")
    if site.how == "forward" and not _takes_keywords(program, site):
        raise Refused(f"the call in {where} can't pass an argument by keyword")
    return PassArgument(call, value, keyword=slot.name)


def _is_existing(program: Program, site: Site, slot: Slot) -> bool:
    signature = program.evaluator.classes.signature(site.function)
    return any(parameter.name == slot.name for parameter in signature)


def _takes_keywords(program: Program, site: Site) -> bool:
    """Return whether what calls the function for us hands keywords on to it."""
    node = program.units.node(site.call)
    function = getattr(node, "function", None)
    called = program.value(site.call._replace(node=function)) if function is not None else ()
    return not any(getattr(thing, "name", "").endswith(_NO_KEYWORDS) for thing in called)
