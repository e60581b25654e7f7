"""From a project's files to its linked program."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.aside import can_fork
from flake8_bgtasks.project.interest import FAR, Search, TooFarError
from flake8_bgtasks.project.searching import SearchAside, names_of
from flake8_bgtasks.tracking.exchange import Exchange
from flake8_bgtasks.tracking.halves import track
from flake8_bgtasks.tracking.program import Program
from flake8_bgtasks.tracking.units import Units

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from flake8_bgtasks.aside import Talk
    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.interest import Interest
    from flake8_bgtasks.project.seeds import Seeds
    from flake8_bgtasks.settings import Settings
    from flake8_bgtasks.tracking.recorded import Facts


class Linker:
    """Links a project, again where more of it is wanted; each statement is tracked once."""

    def __init__(
        self,
        root: str | Path,
        files: Files,
        paths: Collection[str],
        seeds: Seeds,
        settings: Settings,
        known: Facts | None = None,
        *,
        forks: bool = False,
        talk: Talk | None = None,
    ) -> None:
        """`known`: facts of earlier runs, `forks` allows a second process where there are none.

        `talk` is with the process that searches already, if there is one.
        """
        self._files = files
        self._paths = paths
        self._seeds = seeds
        self._settings = settings
        self._names = names_of(root, paths, files)
        self._units = Units(files, Exchange(known))
        alone = partial(Search, paths, files, self._names)
        aside = talk and SearchAside(talk, files, self._units.get, alone)
        self._search = aside or alone()
        self._forks = forks and (known is None or known.is_empty)

    def link(self) -> Program:
        """Link what matters."""
        return self._program(self._search.from_seeds(self._seeds))

    def widened(self, program: Program, traced: Collection[tuple[str, str]]) -> Program | None:
        """Link the callers of `traced` too, pairs of a module and a name in it.

        Return None if there are none to look for, or too many.
        """
        if not traced:
            return None
        most = len(program.tracked) + FAR
        try:
            interest = self._search.with_callers(sorted(traced), most)
        except TooFarError:
            return None
        return self._program(interest)

    def _program(self, interest: Interest) -> Program:
        if self._forks and can_fork():
            track(self._units, self._files, self._fresh(interest))
        return Program(self._files, self._names, interest, self._settings, self._paths, self._units)

    def _fresh(self, interest: Interest) -> list[tuple[str, int]]:
        """Return the statements that nobody has looked at yet."""
        places = (
            (path, i) for path, found in sorted(interest.relevant.items()) for i in sorted(found)
        )
        return [place for place in places if not self._units.has(*place)]
