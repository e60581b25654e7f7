"""Odd surroundings: locales, homes, rights and names."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

# Without these even root is bound by the modes of files.
_BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
_PLAIN = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def bound_by_modes() -> Sequence[str]:
    """Return what starts a program such that it can't read what its user may not."""
    return _BOUND if os.geteuid() == 0 else ()


@dataclass(frozen=True)
class Surroundings:
    """`environment` is added, None takes away; the sample stands in a folder called `below`.

    `disturb` may do something to the folder of the sample, which `Surroundings` undo at the end.
    `more` findings than otherwise come from the command line. `repairs`: `--fix` is to succeed.
    `flake8`: flake8 itself can stand it.
    """

    name: str
    environment: Mapping[str, str | None] = field(default_factory=dict)
    below: str = "sample"
    disturb: Callable[[Path], None] | None = None
    more: Sequence[str] = ()
    repairs: bool = True
    flake8: bool = True


def all_surroundings(folder: Path) -> list[Surroundings]:
    """Return all of them; `folder` is for what they need."""
    return [*_locales(folder), *_homes(folder), *_rights(), *_names()]


def _locales(folder: Path) -> Iterator[Surroundings]:
    for name in ("C", "POSIX"):
        yield Surroundings(f"locale {name}, not UTF-8", {"LC_ALL": name, **_PLAIN})
    yield Surroundings("no locale at all", {"LC_ALL": None, "LANG": None, **_PLAIN})
    define = ["localedef", "-i", "en_US", "-f", "ISO-8859-1", str(folder / "en_US.ISO-8859-1")]
    if subprocess.run(define, check=False, capture_output=True).returncode == 0:
        latin = {"LC_ALL": "en_US.ISO-8859-1", "LOCPATH": str(folder)}
        yield Surroundings("locale en_US.ISO-8859-1", {**latin, **_PLAIN})
        yield Surroundings(
            "locale en_US.ISO-8859-1, Python in UTF-8 mode", {**latin, "PYTHONUTF8": "1"}
        )
    yield Surroundings("PYTHONIOENCODING=ascii", {"PYTHONIOENCODING": "ascii"})
    # The oldest pyflakes asks the newest Python for what is deprecated there.
    warnings = "error,ignore::DeprecationWarning:pyflakes.checker"
    yield Surroundings("warnings are errors", {"PYTHONWARNINGS": warnings})


def _homes(folder: Path) -> Iterator[Surroundings]:
    (folder / "locked").mkdir(mode=0o500)
    (folder / "file").touch()
    homes = {
        "a home that does not exist": str(folder / "absent"),
        "a read-only home": str(folder / "locked"),
        "a home that is a file": str(folder / "file"),
        "an empty HOME": "",
        "a relative HOME": "here",
        "no HOME": None,
    }
    nowhere = {"XDG_CACHE_HOME": None, "XDG_STATE_HOME": None}
    for name, home in homes.items():
        yield Surroundings(name, {"HOME": home, **nowhere})
    locked = str(folder / "locked")
    yield Surroundings("neither home nor TMPDIR", {"HOME": locked, "TMPDIR": locked, **nowhere})


def _rights() -> Iterator[Surroundings]:
    unreadable = "1:1: BGT900 can't read the file: permission denied"
    dead = "1:1: BGT900 can't read the file: it does not exist"
    yield Surroundings("an unreadable file", disturb=_unreadable_file, more=[unreadable])
    yield Surroundings("an unreadable folder", disturb=_unreadable_folder)
    yield Surroundings("a read-only tree", disturb=_read_only, repairs=False)
    yield Surroundings("a file that is a dead link", disturb=_dead_link, more=[dead])
    yield Surroundings("a folder that links to itself", disturb=_loop)
    yield Surroundings("a named pipe", disturb=_pipe, flake8=False)


def _names() -> Iterator[Surroundings]:
    names = {
        "spaces": "two  words ",
        "quotes": 'it\'s "so" `now`',
        "a newline": "first\nsecond",
        "not ASCII": "żółw-日本-🐢",
        "bytes that are not UTF-8": os.fsdecode(b"\xff\xfe-caf\xe9"),
        "a colour for the terminal": "\x1b[31mred\x07",
        "patterns": "[a-z]*?{b}",
        "a leading dash": "--fix",
        "percent, hash and ampersand": "50%20#1&x=<b>",
        "a long path": "/".join(["d" * 200] * 12),
        "a leading dot": ".hidden",
    }
    for what, name in names.items():
        # flake8 itself fails to print a name that is not UTF-8.
        yield Surroundings(f"a path with {what}", below=name, flake8="bytes" not in what)


@contextmanager
def disturbed(surroundings: Surroundings, folder: Path) -> Iterator[None]:
    """Do to a folder what the surroundings do, and make it removable again."""
    if surroundings.disturb:
        surroundings.disturb(folder)
    try:
        yield
    finally:
        for path, folders, _ in os.walk(folder):
            for name in ("", *folders):
                if not os.path.islink(os.path.join(path, name)):
                    os.chmod(os.path.join(path, name), 0o755)


def _unreadable_file(folder: Path) -> None:
    (folder / "closed.py").write_text("from fastapi import BackgroundTasks\n")
    (folder / "closed.py").chmod(0)


def _unreadable_folder(folder: Path) -> None:
    (folder / "closed").mkdir()
    (folder / "closed/inner.py").write_text("from fastapi import BackgroundTasks\n")
    (folder / "closed").chmod(0)


def _read_only(folder: Path) -> None:
    for path, _, files in os.walk(folder, topdown=False):
        for file in files:
            os.chmod(os.path.join(path, file), 0o444)
        os.chmod(path, 0o555)


def _dead_link(folder: Path) -> None:
    (folder / "dead.py").symlink_to("nothing.py")


def _loop(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
