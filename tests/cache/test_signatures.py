"""Whether files are still what they were, many at once."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.cache.signatures import Signed, pack, states_of
from flake8_bgtasks.cache.storage import Storage
from tests.cache.helpers import check, fresh, settle, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ("a.py", "tab\there.py", "sub/c.py", "é.py")


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signed:
    """Sign some files in the working directory, all of which have settled, and one that is not."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, dict.fromkeys(NAMES, "import os\n"))
    settle()
    paths = [*NAMES, "absent.py"]
    return Signed(pack(paths, states_of(paths), time.time_ns()))


def test_nothing_has_changed(signed: Signed, tmp_path: Path) -> None:
    assert signed.changed() == []
    os.chdir("/")
    assert signed.changed(f"{tmp_path}{os.sep}") == []
    assert signed.changed() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda root: os.utime(root / "a.py"), [0]),
        (lambda root: (root / "sub/c.py").unlink(), [2]),
        (lambda root: (root / "a.py").replace(root / "é.py"), [0, 3]),
        (lambda root: (root / "absent.py").touch(), [4]),
        (lambda root: (root / "a.py").chmod(0o600), [0]),
    ],
)
def test_what_has_changed(
    change: Callable[[Path], object], changed: list[int], signed: Signed, tmp_path: Path
) -> None:
    change(tmp_path)
    assert signed.changed() == changed


def test_sizes(signed: Signed) -> None:
    assert [signed.size(index) for index in range(5)] == [10, 10, 10, 10, None]


def test_what_was_just_written_is_like_nothing_but_keeps_its_size(tmp_path: Path) -> None:
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    write(tmp_path, {"old": "1"})
    settle()
    write(tmp_path, {"new": "22"})
    signed = Signed(pack([old, new], states_of([old, new]), time.time_ns()))
    assert signed.changed() == [1]
    assert signed.size(1) == 2


def test_no_files() -> None:
    signed = Signed(pack([], [], 0))
    assert (signed.paths, signed.changed()) == ([], [])


@pytest.mark.parametrize("lines", [[], ["", "a.py", ""], ["", "a.py", "1 a\t2 b"], ["", "", "1 a"]])
def test_damaged_lines(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"argument|expected"):
        Signed(lines).changed()


def test_a_line_within_a_path_is_not_kept(tmp_path: Path) -> None:
    storage = Storage(str(tmp_path / "cache"))
    storage.save("run", ("key",), ["one", "two\nthree"])
    assert storage.load("run", ("key",)) is None


def test_files_with_such_names_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    text = "from fastapi import BackgroundTasks\n\ndef f():\n    BackgroundTasks().add_task(f)\n"
    write(root, {"line\nbreak.py": text, "tab\there.py": text, "setup.cfg": "[flake8]\n"})
    settle()
    monkeypatch.chdir(root)
    first = check()
    assert first.out.count("BGT101") == 2
    assert check()[:2] == first[:2] == fresh()[:2]
