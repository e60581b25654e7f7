"""Somebody puts links in place of files and folders while they are repaired."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from flake8_bgtasks.fixes.journal import open_journal
from flake8_bgtasks.fixes.write import HalfDoneError, WriteError, write
from tests.fixes.test_write import FILES, OLD, contents, posix

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CALLS = ("stat", "lstat", "open", "fsync", "fchmod", "replace", "unlink")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a project, and the same files beside it."""
    for folder in ("project", "outside"):
        (tmp_path / folder / "pkg").mkdir(parents=True)
        for name, content in OLD.items():
            (tmp_path / folder / name).write_bytes(content)
    return tmp_path / "project"


def a_folder(root: Path) -> None:
    (root / "pkg").rename(root / "moved")
    (root / "pkg").symlink_to(root.parent / "outside/pkg")


def a_file(root: Path) -> None:
    (root / "pkg/b.py").unlink()
    (root / "pkg/b.py").symlink_to(root.parent / "outside/pkg/b.py")


class Swap:
    """Does something before the call of one number of some functions of `os`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, action: Callable[[], None]):
        self.left = number
        self._action = action
        for name in CALLS:
            monkeypatch.setattr(os, name, self._watched(getattr(os, name)))

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self._action()
            return function(*args, **kwargs)

        return call


@posix
@pytest.mark.parametrize("swap", [a_folder, a_file])
def test_nothing_is_written_elsewhere(
    swap: Callable[[Path], None], root: Path, tmp_path: Path, state: Path
) -> None:
    number, left = 0, 0
    while left <= 0:
        number += 1
        shutil.copytree(root.parent / "outside", root, dirs_exist_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            done = Swap(patch, number, lambda: swap(root))
            with suppress(WriteError, HalfDoneError):
                write(root, FILES, open_journal(root), os.replace)
            left = done.left
        assert contents(tmp_path / "outside") == OLD, number
        shutil.rmtree(root)
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
    assert number > 30
