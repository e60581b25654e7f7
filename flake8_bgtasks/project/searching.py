"""A search for what matters that goes on in another process while this one does something else."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from flake8_bgtasks.project.distributions import markers
from flake8_bgtasks.project.interest import Interest, Search, TooFarError
from flake8_bgtasks.project.modules import Modules
from flake8_bgtasks.project.names import Names
from flake8_bgtasks.project.sharing import ChangedError, Sharing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path
    from typing import Any

    from flake8_bgtasks.aside import Talk
    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.seeds import Seeds

    Track = Callable[[str, int], object]

_FAILURES = (ChangedError, EOFError, OSError, ValueError)
"""What it takes to search in this process: another one has failed, or files change meanwhile."""


def names_of(root: str | Path, paths: Collection[str], files: Files) -> Names:
    """Return what resolves the names in a project."""
    return Names(Modules(paths, tuple(markers(root, paths))), files.surface)


def serve(talk: Talk, root: str | Path, paths: Collection[str], files: Files, seeds: Seeds) -> None:
    """Search from the seeds, then from what is asked for, and tell what is found.

    Statements that matter are told as soon as that is known.
    """
    sharing = Sharing(files, talk)

    def found(path: str, indices: set[int]) -> None:
        sharing.tell_outline(path)
        sharing.tell_statements(path, indices)

    seeds.finish()
    search = Search(paths, files, names_of(root, paths, files), found)
    _tell(talk, sharing, search.from_seeds(seeds))
    while True:
        traced, most = talk.hear()
        try:
            interest = search.with_callers([(path, name) for path, name in traced], most)
        except TooFarError:
            _tell(talk, sharing, None)
        else:
            _tell(talk, sharing, interest)


def _tell(talk: Talk, sharing: Sharing, interest: Interest | None) -> None:
    """Tell what was found, and all that was read for it; None: more than was asked for."""
    sharing.tell_all()
    relevant = None
    if interest is not None:
        relevant = {path: sorted(indices) for path, indices in interest.relevant.items()}
    talk.say(["end", relevant])


def _interest(relevant: dict[str, list[int]] | None) -> Interest | None:
    if relevant is None:
        return None
    return Interest({path: set(indices) for path, indices in relevant.items()})


class SearchAside:
    """Asks another process, in which `serve` goes on, what `Search` would be asked."""

    def __init__(self, talk: Talk, files: Files, track: Track, alone: Callable[[], Search]) -> None:
        """`track` is given statements that surely matter while there is time.

        `alone` makes the search to go on with if the other process fails.
        """
        self._talk = talk
        self._files = files
        self._track = track
        self._alone = alone
        self._seeds: Seeds | None = None
        self._here: Search | None = None

    def from_seeds(self, seeds: Seeds) -> Interest:
        """Do as `Search` does."""
        self._seeds = seeds
        with suppress(*_FAILURES):
            found = self._found(meanwhile=True)
            if found is not None:
                return found
        return self._started_here(seeds)

    def with_callers(self, traced: Iterable[tuple[str, str]], most: int) -> Interest:
        """Do as `Search` does."""
        wanted = list(traced)
        if self._here is None:
            with suppress(*_FAILURES):
                self._talk.say([wanted, most])
                found = self._found(meanwhile=False)
                if found is None:
                    raise TooFarError
                return found
            assert self._seeds is not None
            self._started_here(self._seeds)
        assert self._here is not None
        return self._here.with_callers(wanted, most)

    def _started_here(self, seeds: Seeds) -> Interest:
        """Go on in this process, from the seeds: the other one has failed."""
        seeds.finish()
        self._here = self._alone()
        return self._here.from_seeds(seeds)

    def _found(self, *, meanwhile: bool) -> Interest | None:
        """Hear what the other process has to say, and what it found in the end."""
        pending: deque[tuple[str, int]] = deque()
        while True:
            while meanwhile and pending and not self._talk.has_more():
                self._track(*pending.popleft())
            kind, *rest = self._talk.hear()
            if kind == "end":
                return _interest(*rest)
            if kind == "matter":
                path, indices = rest
                pending.extend((path, index) for index in indices)
            else:
                self._share(kind, *rest)

    def _share(self, kind: str, *rest: Any) -> None:
        if kind == "outline":
            self._files.share_outline(*rest)
        elif kind == "surface":
            self._files.share_surface(*rest)
        else:
            self._files.see(*rest)
