"""Files that change while they are looked at: what is found may be old or new, but it is found."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from flake8_bgtasks import engine
from flake8_bgtasks.reporters import FORMATS
from flake8_bgtasks.survey import survey
from tests.cache.helpers import HELPERS, MAIN
from tests.fakes import cli, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fakes import Ran

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def gone(path: Path) -> None:
    path.unlink()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def cut(path: Path) -> None:
    os.truncate(path, 30)


def endless(path: Path) -> None:
    os.truncate(path, 1 << 40)


def larger(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 20)


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 100)


def other(path: Path) -> None:
    path.write_text("def register(): ...\n")


CHANGES = (gone, pipe, folder, device, cut, endless, larger, noise, other)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"main.py": MAIN, "helpers.py": HELPERS, "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(monkeypatch: pytest.MonkeyPatch, moment: str, change: Callable[[], None]) -> Ran:
    """Check the working directory; change it at a moment."""
    argv = ["--show-source", "--show-fixes"]

    def first(function: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **kwargs: Any) -> Any:
            change()
            return function(*args, **kwargs)

        return changed

    def check(*args: Any, **kwargs: Any) -> Any:
        report = engine.check(*args, **kwargs)
        if moment == "shown":
            change()
        return report

    if moment == "read":
        monkeypatch.setattr("flake8_bgtasks.engine.survey", first(survey))
    elif moment == "tracked":
        monkeypatch.setattr(engine.Run, "_linker", first(engine.Run._linker))
    return cli(*argv, check=check)


@pytest.mark.parametrize("name", ["main.py", "helpers.py"])
@pytest.mark.parametrize("moment", ["read", "tracked", "shown"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_meanwhile_ends_no_run(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    moment: str,
    name: str,
) -> None:
    run = ran(monkeypatch, moment, lambda: change(here / name))
    assert run.err == ""
    assert run.code in (0, 1, 2 * (change is endless))
    assert "internal error" not in run.out


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_bears_a_file_that_is_cut(form: str, here: Path) -> None:
    def check(*args: Any, **kwargs: Any) -> Any:
        report = engine.check(*args, **kwargs)
        for name in ("main.py", "helpers.py"):
            cut(here / name)
        return report

    run = cli(f"--format={form}", "--show-source", "--show-fixes", check=check)
    assert (run.code, run.err) == (1, "")
