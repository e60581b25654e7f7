"""Tracks many statements at once, half of them in another process."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from flake8_bgtasks.aside import aside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.tracking.units import Units

    Place = tuple[str, int]

ENOUGH = 300
"""So many lines are worth a process of their own."""


def track(units: Units, files: Files, places: Iterable[Place]) -> None:
    """Track statements, unless they are so few that a second process does not pay.

    They are given by their file and number. What the other process can't track is tracked when it
    is asked for.
    """
    mine, others = _halved({place: _length(files, *place) for place in places})
    if sum(others.values()) < ENOUGH:
        return
    told = aside(lambda: units.facts.tell(lambda: _get(units, others)).encode())
    _get(units, mine)
    data = told()
    if data is not None:
        units.facts.hear(data.decode())


def _halved(lengths: dict[Place, int]) -> tuple[dict[Place, int], dict[Place, int]]:
    """Divide things of some lengths into halves of nearly the same length."""
    first: dict[Place, int] = {}
    second: dict[Place, int] = {}
    ahead = 0
    for place, length in sorted(lengths.items(), key=itemgetter(1), reverse=True):
        (second if ahead > 0 else first)[place] = length
        ahead += length if ahead <= 0 else -length
    return first, second


def _get(units: Units, places: Iterable[Place]) -> None:
    for path, index in places:
        units.get(path, index)


def _length(files: Files, path: str, index: int) -> int:
    outline = files.outline(path)
    return outline.statements[index].length if outline is not None else 0
