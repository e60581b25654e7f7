"""What a repository may hold under the name of a module: pipes, devices, links, odd names."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.project import files, source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOST = "from fastapi import BackgroundTasks\n\n\ndef f():\n    BackgroundTasks().add_task(print)\n"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Windows has none of these")


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flake8_bgtasks", "--no-cache", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


def zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def terminal(path: Path) -> None:
    path.symlink_to("/dev/tty")


def memory(path: Path) -> None:
    path.symlink_to("/proc/self/mem")


def folder(path: Path) -> None:
    path.mkdir()


def itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [pipe, a_socket, zeros, terminal, memory, folder, itself])
def test_what_is_no_file_neither_blocks_nor_ends_a_run(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tox.ini").touch()
    (tmp_path / "main.py").write_text(LOST)
    make(tmp_path / "odd.py")
    named = [] if make is folder else ["odd.py"]
    for arguments in (["."], ["main.py", *named]):
        run = ran(tmp_path, *arguments)
        assert (run.returncode, run.stderr) == (1, "")
        assert "main.py:5:5: BGT101" in run.stdout
    assert ("odd.py:1:1: BGT900" in run.stdout) == bool(named)


def test_a_loop_of_links_is_gone_once(tmp_path: Path) -> None:
    (tmp_path / "tox.ini").touch()
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(LOST)
    (tmp_path / "app/again").symlink_to(tmp_path)
    assert ran(tmp_path, ".").stdout.count("BGT101") == 1


@pytest.mark.parametrize("name", ["--fix", "-", "--help.py", "@main.py", "-x.py"])
def test_names_are_no_options(name: str, tmp_path: Path) -> None:
    (tmp_path / "tox.ini").touch()
    (tmp_path / name).write_text(LOST)
    before = (tmp_path / name).read_bytes()
    run = ran(tmp_path, ".")
    assert (run.stdout.count("BGT101"), run.stderr) == (name.endswith(".py"), "")
    assert (tmp_path / name).read_bytes() == before


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    """A file whose status tells no size, as those below /proc, is read to its end."""
    (tmp_path / "tox.ini").touch()
    (tmp_path / "odd.py").symlink_to("/proc/self/environ")
    assert ran(tmp_path, "odd.py").returncode in (0, 1)


CONFIGURATION = (
    *("pyproject.toml", "setup.cfg", "setup.py", ".flake8", ".gitignore", "known.json"),
    *("requirements.txt", "uv.lock", "Pipfile.lock", "ruff.toml"),
)


@pytest.mark.parametrize("make", [pipe, zeros, folder])
@pytest.mark.parametrize("name", CONFIGURATION)
def test_what_is_no_configuration_neither_blocks_nor_ends_a_run(
    make: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "tox.ini").write_text("[flake8]\nbgtasks-baseline = ./known.json\n")
    (tmp_path / "main.py").write_text(LOST)
    make(tmp_path / name)
    if name != "known.json":
        (tmp_path / "known.json").write_text('{"version": 1, "findings": {}}')
    for argument in ("--show-source", "--diff"):
        run = ran(tmp_path, argument)
        assert run.returncode == (2 if name == "known.json" else argument != "--diff")
        assert "internal error" not in run.stdout + run.stderr


def test_a_file_without_end_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "tox.ini").touch()
    (tmp_path / "main.py").write_text(LOST)
    (tmp_path / "huge.py").touch()
    os.truncate(tmp_path / "huge.py", 1 << 40)
    run = ran(tmp_path)
    assert (run.returncode, run.stderr) == (2, "")
    assert "main.py:5:5: BGT101" in run.stdout
    assert "huge.py:1:1: BGT901 the file is too large" in run.stdout


def test_no_more_is_read_than_a_file_may_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its status says: a file may grow meanwhile."""
    monkeypatch.setattr(source, "MAX_READ", 1000)
    monkeypatch.setattr(files, "MAX_READ", 1000)
    (tmp_path / "main.py").write_bytes(b"#" * 1001)
    with pytest.raises(source.BadSource, match="too large"):
        source.read(tmp_path / "main.py")
    found = files.Files(tmp_path, {})
    assert found.content("main.py") == b""
    assert found.bad["main.py"].message == source.TOO_LARGE
