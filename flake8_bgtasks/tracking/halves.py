"""Tracks many statements at once, half of them in another process."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from flake8_bgtasks.aside import aside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.tracking.units import Units

    Place = tuple[str, int]

ENOUGH = 300
"""So many lines are worth a process of their own."""


def track(units: Units, files: Files, places: Collection[Place]) -> None:
    """Track statements, unless they are so few that a second process does not pay.

    They are given by their file and number. The other process looks at the variables in them too.
    What it can't track is tracked when it is asked for.
    """
    variables = _variables(units, files, places)
    ahead = sum(length_of(files, *place) for place in variables)
    mine, others = _halved({place: length_of(files, *place) for place in places}, ahead)
    if ahead + sum(others.values()) < ENOUGH:
        return
    told = aside(lambda: units.facts.tell(lambda: _get(units, others, variables)).encode())
    _get(units, mine)
    data = told()
    if data is not None:
        units.facts.hear(data.decode())


def _variables(units: Units, files: Files, places: Collection[Place]) -> set[Place]:
    """Return the statements that set the variables of modules that some statements name."""
    found: set[Place] = set()
    for path, index in places:
        outline = files.outline(path)
        if outline is None:
            continue
        for name in outline.identifiers[index] & outline.bindings.keys():
            bound = [(path, item) for item in outline.bindings[name] if isinstance(item, int)]
            found.update(place for place in bound if not units.is_definition(*place))
    return {place for place in found - set(places) if not units.has(*place)}


def _halved(lengths: dict[Place, int], ahead: int) -> tuple[dict[Place, int], dict[Place, int]]:
    """Divide things into halves of nearly the same length; the second one is ahead by some."""
    first: dict[Place, int] = {}
    second: dict[Place, int] = {}
    for place, lines in sorted(lengths.items(), key=itemgetter(1), reverse=True):
        (first if ahead > 0 else second)[place] = lines
        ahead += lines if ahead <= 0 else -lines
    return first, second


def _get(units: Units, places: Iterable[Place], outlined: Iterable[Place] = ()) -> None:
    for place in places:
        units.get(*place)
    for place in outlined:
        units.outlined(*place)


def length_of(files: Files, path: str, index: int) -> int:
    """Return how many lines a statement has."""
    outline = files.outline(path)
    return outline.statements[index].length if outline is not None else 0
