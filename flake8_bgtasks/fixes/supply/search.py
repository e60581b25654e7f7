"""Searches that start again whenever the program had to grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flake8_bgtasks.fixes.supply.references import References
from flake8_bgtasks.fixes.supply.thread import Grown, Thread
from flake8_bgtasks.fixes.supply.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.fixes.plans import Style
    from flake8_bgtasks.tracking.program import Program

T = TypeVar("T")


class Supply:
    """The request's instance for whoever needs it, in one state of a project."""

    def __init__(self, program: Program, style: Style = "auto") -> None:
        self.workspace = Workspace(program)
        self._style = style
        self._references: References | None = None

    @property
    def program(self) -> Program:
        return self.workspace.program

    @property
    def references(self) -> References:
        if self._references is None or self._references.program is not self.program:
            self._references = References(self.workspace)
        return self._references

    def search(self, use: Callable[[Thread], T]) -> T:
        """Return what `use` makes of a thread. Raises Refused where it can't be laid."""
        while True:
            thread = Thread(self.workspace, self.references, self._style)
            try:
                found = use(thread)
                thread.check_reached()
            except Grown:
                continue
            return found
