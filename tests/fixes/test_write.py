"""Files are written whole or not at all, whatever fails meanwhile."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes import journal
from flake8_bgtasks.fixes.journal import open_journal
from flake8_bgtasks.fixes.recovery import recover
from flake8_bgtasks.fixes.write import SUFFIX, NewContent, WriteError, obstacle, write

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"a.py": b"old = 1\n", "pkg/b.py": b"old = 2\r\n", "pkg/c.py": b"old = 3"}
NEW = {"a.py": b"new = 1\n", "pkg/b.py": b"new = 2\r\n", "pkg/c.py": b"new = 3"}
FILES = tuple(NewContent(name, OLD[name], NEW[name]) for name in OLD)

posix = pytest.mark.skipif(os.name != "posix", reason="the system has no such files")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "pkg").mkdir(parents=True)
    for name, content in OLD.items():
        (folder / name).write_bytes(content)
    return folder


def contents(root: Path) -> dict[str, bytes]:
    """All files below `root`, temporary ones too."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_all_are_written_and_nothing_is_left(root: Path, state: Path) -> None:
    write(root, FILES, open_journal(root))
    assert contents(root) == NEW
    assert [path.suffix for path in state.rglob("*") if path.is_file()] == []


def test_a_file_changed_meanwhile_stops_everything(root: Path) -> None:
    (root / "pkg/b.py").write_bytes(b"mine = 2\n")
    with pytest.raises(WriteError, match=r"pkg/b\.py: was changed by somebody else") as error:
        write(root, FILES, open_journal(root))
    assert error.value.path == "pkg/b.py"
    assert contents(root) == {**OLD, "pkg/b.py": b"mine = 2\n"}
    assert open_journal(root).pending(OLD) is None


def test_a_file_that_is_gone_stops_everything(root: Path) -> None:
    (root / "a.py").unlink()
    with pytest.raises(WriteError, match=r"a\.py: can't be written: no such file"):
        write(root, FILES, open_journal(root))
    assert contents(root) == {name: OLD[name] for name in ("pkg/b.py", "pkg/c.py")}


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_what_is_done_is_undone(root: Path, failing: int) -> None:
    calls: list[str] = []

    def replace(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) == failing:
            raise PermissionError(errno.EACCES, "Permission denied")
        os.replace(source, target)

    with pytest.raises(WriteError, match="can't be replaced: permission denied"):
        write(root, FILES, open_journal(root), replace)
    assert contents(root) == OLD
    assert open_journal(root).pending(OLD) is None


def test_an_interrupt_undoes_it_too(root: Path) -> None:
    def replace(source: str, target: str) -> None:
        os.replace(source, target)
        if target.endswith("b.py"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(root, FILES, open_journal(root), replace)
    assert contents(root) == OLD


@pytest.mark.parametrize("free", range(7))
def test_a_full_disk_leaves_everything(
    root: Path, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    """The journal and two files for each one are written before anything is replaced."""
    synced: list[int] = []
    fsync = os.fsync

    def full(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            synced.append(descriptor)
            if len(synced) > free:
                raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="no space left on device"):
        write(root, FILES, open_journal(root))
    assert contents(root) == OLD


def test_the_next_run_removes_what_could_not_be_removed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder has become read-only meanwhile: nothing is replaced, and nothing removed."""

    def refuse(*_names: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    unlink = os.unlink
    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", lambda p: refuse() if SUFFIX in str(p) else unlink(p))
        with pytest.raises(WriteError):
            write(root, FILES, open_journal(root), refuse)
    assert contents(root).keys() > OLD.keys()
    recover(root, open_journal(root), list(OLD))
    assert contents(root) == OLD


def test_a_file_changed_after_all_were_written_takes_nothing_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something beside the files could not be removed, so that there still is a journal."""
    unlink = os.unlink

    def refuse(path: str) -> None:
        if SUFFIX in path:
            raise PermissionError(errno.EACCES, "Permission denied")
        unlink(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refuse)
        write(root, FILES, open_journal(root))
    (root / "a.py").write_bytes(b"mine = 1\n")
    assert recover(root, open_journal(root), list(OLD)) is None
    assert contents(root) == {**NEW, "a.py": b"mine = 1\n"}
    assert open_journal(root).pending(OLD) is None


@posix
@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664])
def test_mode_stays(root: Path, mode: int) -> None:
    (root / "a.py").chmod(mode)
    write(root, FILES, open_journal(root))
    assert stat.S_IMODE((root / "a.py").stat().st_mode) == mode


@posix
@pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="only root may give files away")
def test_owner_stays(root: Path) -> None:
    os.chown(root / "a.py", 1234, 4321)
    write(root, FILES, open_journal(root))
    status = (root / "a.py").stat()
    assert (status.st_uid, status.st_gid) == (1234, 4321)


@posix
def test_links_stay_links(root: Path) -> None:
    (root / "a.py").rename(root / "real.py")
    (root / "a.py").symlink_to("real.py")
    write(root, FILES, open_journal(root))
    assert (root / "a.py").is_symlink()
    assert (root / "real.py").read_bytes() == NEW["a.py"]


@posix
def test_links_out_of_the_project_are_refused(root: Path) -> None:
    outside = root.parent / "outside.py"
    outside.write_bytes(OLD["a.py"])
    (root / "a.py").unlink()
    (root / "a.py").symlink_to(outside)
    reason = "is a link to a file outside of the project"
    assert obstacle(root, "a.py") == f"a.py {reason}"
    with pytest.raises(WriteError, match=reason):
        write(root, FILES, open_journal(root))
    assert outside.read_bytes() == OLD["a.py"]


def test_a_read_only_file_is_known_beforehand(root: Path) -> None:
    assert obstacle(root, "a.py") is None
    (root / "a.py").chmod(0o444)
    assert obstacle(root, "a.py") == "a.py is read-only"
    assert obstacle(root, "gone.py") == "gone.py can't be read: no such file or directory"
    assert obstacle(root, "pkg") == "pkg is not a regular file"


@pytest.mark.parametrize(
    ("head", "is_generated"),
    [
        (b"# Generated by protoc. DO NOT EDIT!\n", True),
        (b"#!/usr/bin/python\n# @generated by tool\n", True),
        (b'"""Do not edit orders by hand."""\n', False),
        (b"\n" * 1000 + b"# DO NOT EDIT\n", False),
    ],
)
def test_generated_files_are_left_alone(root: Path, head: bytes, is_generated: bool) -> None:
    (root / "a.py").write_bytes(head + OLD["a.py"])
    reason = obstacle(root, "a.py")
    assert reason == ("a.py is generated by a program" if is_generated else None)


@posix
def test_private_folders_only(root: Path, state: Path) -> None:
    """A journal in a folder that others can write to could be theirs."""
    folder = state / "flake8-bgtasks"
    folder.mkdir()
    folder.chmod(0o777)
    write(root, FILES, open_journal(root))
    assert list(folder.iterdir()) == []


def test_no_folder_for_the_journal(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.raises(OSError, match="no folder for a journal"):
        open_journal(root)


@posix
def test_a_file_with_two_names_is_left_alone(root: Path) -> None:
    os.link(root / "a.py", root / "twin.py")
    assert obstacle(root, "a.py") == (
        "a.py is the same file as another (a hard link), which would not change with it"
    )
    assert obstacle(root, "pkg/b.py") is None


@pytest.mark.parametrize("is_free", [True, False])
def test_the_lock_of_windows(monkeypatch: pytest.MonkeyPatch, is_free: bool) -> None:
    asked: list[tuple[int, int, int]] = []

    def locking(descriptor: int, mode: int, length: int) -> None:
        asked.append((descriptor, mode, length))
        if not is_free:
            raise PermissionError

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr(journal, "os", SimpleNamespace(name="nt"))
    assert journal._lock(7) is is_free
    assert asked == [(7, 2, 1)]
