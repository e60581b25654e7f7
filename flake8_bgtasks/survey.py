"""A look at all files of a project, to see whether and where anything matters."""

from __future__ import annotations

from flake8_bgtasks.aside import aside, can_fork
from flake8_bgtasks.project.seeds import Seeds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flake8_bgtasks.project.files import Files


def survey(
    paths: Iterable[str], files: Files, meanwhile: Callable[[], object] | None = None
) -> Seeds:
    """Return the seeds among some files.

    Once it is known that something matters, another process may look at the files that are left:
    if there is anything to do `meanwhile`.
    """
    seeds = Seeds(paths, files)
    if not seeds.start() or meanwhile is None or not can_fork():
        seeds.finish()
        return seeds
    result = aside(lambda: _finished(seeds, files))
    meanwhile()
    data = result()
    if data is None:
        seeds.finish()
    else:
        _take(data, seeds, files)
    return seeds


def _finished(seeds: Seeds, files: Files) -> bytes:
    import json

    seeds.finish()
    return json.dumps([seeds.files, seeds.whole, files.seen()]).encode()


def _take(data: bytes, seeds: Seeds, files: Files) -> None:
    import json

    seeds.files, seeds.whole, seen = json.loads(data)
    files.see(seen)
