"""What a command printed, as long as the folders, the files and the configuration are the same."""

from __future__ import annotations

import os
import sys

from flake8_bgtasks.cache.fingerprint import fingerprint
from flake8_bgtasks.cache.record import DAMAGED, Record, not_on_disk
from flake8_bgtasks.cache.record import KIND as REPORT
from flake8_bgtasks.cache.signatures import (
    LINES,
    Signed,
    identity_of,
    is_identical,
    pack,
    states_of,
)
from flake8_bgtasks.cache.storage import Storage, default_folder
from flake8_bgtasks.project.roots import is_brought_along, is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TextIO

    from flake8_bgtasks.cache.reports import CachedCheck
    from flake8_bgtasks.project.discovery import Discovered

KIND = "run"
VALUES = 6
"""Lines before those for files and folders."""

CONFIG_FILES = ("pyproject.toml", "setup.cfg", "tox.ini", ".flake8")
ENVIRONMENT = ("HOME", "NO_COLOR", "FORCE_COLOR", "TERM")
ELSEWHERE = ("--no-cache", "--cache-dir", "--output-file", "--fix", "--diff", "--add-noqa")


def recall(
    argv: Sequence[str], stdout: TextIO, read_stdin: Callable[[], bytes] = bytes
) -> int | None:
    """Print again what was printed for these arguments; return None if it may be different."""
    folder = default_folder()
    if folder is None or any(argument.partition("=")[0] in ELSEWHERE for argument in argv):
        return None
    storage = Storage(folder)
    lines = storage.load(KIND, _key(argv, stdout))
    if lines is None or _is_brought_along(folder, argv):
        return None
    try:
        return _repeated(lines, storage, stdout, read_stdin)
    except DAMAGED:
        return None


def _is_brought_along(folder: str, argv: Sequence[str]) -> bool:
    """Tell whether the records may lie in what is checked: it could claim to be without files."""
    cwd = os.getcwd()
    values = (argument.rpartition("=")[2] for argument in argv)
    named = (os.path.normpath(os.path.join(cwd, value)) for value in values)
    return is_brought_along(folder, cwd) or any(is_within(folder, path) for path in named)


def _repeated(
    lines: Sequence[str], storage: Storage, stdout: TextIO, read_stdin: Callable[[], bytes]
) -> int | None:
    values, lines = lines[:VALUES], lines[VALUES:]
    report, stamp, root, code, given, count = values
    files, folders, rest = lines[:LINES], lines[LINES : 2 * LINES], lines[2 * LINES :]
    things, printed = rest[: int(count)], rest[int(count) :]
    if Signed(files).changed() or not is_identical(things) or Signed(folders).changed():
        return None
    found = storage.load(REPORT, report.split("\t"))
    record = Record(found) if found else None
    overlays = not_on_disk(root, {given: read_stdin()}) if given else {}
    if record is None or record.stamp != stamp or not record.holds(root, overlays):
        return None
    if printed:
        from flake8_bgtasks.terminal import print_lines

        print_lines(printed, stdout)
    return int(code)


class Run:
    """A run that may be remembered."""

    def __init__(self, argv: Sequence[str], stdout: TextIO, started: int) -> None:
        """`started` is the `time.time_ns` from before anything was read."""
        self._argv = argv
        self._stdout = stdout
        self._started = started

    def remember(
        self,
        check: CachedCheck,
        found: Discovered,
        named: Sequence[str | None],
        code: int,
        printed: Sequence[str],
        stdin: tuple[str, str] = ("", ""),
    ) -> None:
        """Keep what was printed; `named` are files and folders that arguments or options name.

        `stdin` is the file, as the project and the arguments name it, that standard input is.
        """
        folder = default_folder()
        given, name = stdin
        if folder is None or not check.key:
            return
        cwd = os.getcwd()
        stands_for = [os.path.join(cwd, name)] if given else []
        paths = [os.path.join(cwd, path) for path in named if path]
        above = sorted({above for path in (cwd, *paths, *stands_for) for above in _upwards(path)})
        files = [os.path.join(place, name) for place in above for name in CONFIG_FILES]
        files += [path for path in paths if not os.path.isdir(path)]
        files += found.ignore_files
        things = [*paths, *stands_for, *(os.path.join(place, ".git") for place in above)]
        lines = [
            "\t".join(check.key),
            check.stamp,
            found.root,
            str(code),
            given,
            str(len(things)),
            *pack(files, states_of(files), self._started),
            *self._folders(found.folders, cwd),
            *(f"{identity_of(path)}\t{path}" for path in things),
            *printed,
        ]
        Storage(folder).save(KIND, _key(self._argv, self._stdout), lines)

    def _folders(self, folders: Mapping[str, os.stat_result], cwd: str) -> Sequence[str]:
        """Return the lines for folders, by their way from here: the shorter, the sooner found."""
        from flake8_bgtasks.project.files import state_of

        here = os.path.join(cwd, "")
        paths = [path.removeprefix(here) for path in folders]
        return pack(paths, [state_of(status) for status in folders.values()], self._started)


def _key(argv: Sequence[str], stdout: TextIO) -> tuple[str, ...]:
    values = [os.environ.get(name, "") for name in ENVIRONMENT]
    surroundings = repr((values, stdout.isatty(), sys.platform))
    return (fingerprint(), os.getcwd(), surroundings, repr(list(argv)))


def _upwards(path: str) -> Iterator[str]:
    """Yield the folders above a path, and the path itself."""
    while True:
        yield path
        parent = os.path.dirname(path)
        if parent == path:
            return
        path = parent
