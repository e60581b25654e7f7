"""A look at all files of a project, to see whether and where anything matters."""

from __future__ import annotations

from flake8_bgtasks.aside import beside, can_fork
from flake8_bgtasks.project.seeds import Seeds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from flake8_bgtasks.aside import Talk
    from flake8_bgtasks.project.files import Files


def survey(paths: Iterable[str], files: Files) -> Seeds:
    """Return the seeds among some files."""
    seeds = Seeds(paths, files)
    seeds.start()
    seeds.finish()
    return seeds


def survey_aside(
    root: str | Path, paths: Collection[str], files: Files
) -> tuple[Seeds, Talk | None]:
    """Return the same; once it is known that something matters, another process goes on.

    It looks at the files that are left, and searches for what matters through them: the talk is
    with that one.
    """
    seeds = Seeds(paths, files)
    talk = None
    if seeds.start() and can_fork():
        talk = beside(lambda talk: _search(talk, root, paths, files, seeds))
    if talk is None:
        seeds.finish()
    return seeds, talk


def _search(
    talk: Talk, root: str | Path, paths: Collection[str], files: Files, seeds: Seeds
) -> None:
    from flake8_bgtasks.project.searching import serve

    serve(talk, root, paths, files, seeds)
