"""What a run is about to write, noted in a private folder, for the run after an interrupted one."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import tempfile
import time
from base64 import b64decode, b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.write import NewContent, sync_folders
from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

PATIENCE = 60.0
"""How many seconds a run waits for another one that repairs the same project."""


class BusyError(Exception):
    """Another run repairs the same project, and does not come to an end."""


class Journal:
    """The journal of one project; what it says is believed only as far as the files bear it out.

    `path` is its file.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        """`folder` is where the journals of all projects are."""
        self._root = os.path.realpath(root)
        name = hashlib.sha256(os.fsencode(self._root)).hexdigest()[:32]
        self.path = folder / f"{name}.json"

    def begin(self, files: Sequence[NewContent]) -> None:
        """Note what is to be written. Raises OSError."""
        self._note({"files": [_packed(file) for file in files], "done": False})

    def _note(self, what: dict[str, object]) -> None:
        document = {"version": 1, "root": self._root, **what}
        path = self.path.with_suffix(".new")  # which the next run overwrites if this one is killed
        try:
            with open(path, "w", encoding="utf-8", opener=_private) as file:
                json.dump(document, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(path, self.path)
        except BaseException:
            with suppress(OSError):
                os.unlink(path)
            raise
        sync_folders([str(self.path.parent)])

    def end(self, left: Sequence[NewContent] = ()) -> None:
        """Strike out what was noted; where that can't be done, the files bear out that it is.

        `left` are files beside which something could not be removed: the next run tries again.
        """
        with suppress(OSError):
            if left:
                self._note({"files": [_packed(file) for file in left], "done": True})
            else:
                self.path.unlink()

    def pending(self, files: Collection[str]) -> Pending | None:
        """Return what an interrupted run has left, None if there is nothing.

        `files` are those of the project, relative to the root: no others are believed.
        """
        try:
            document = json.loads(self.path.read_bytes())
            noted = [_unpacked(item) for item in document["files"]]
            sound = document["version"] == 1 and document["root"] == self._root
            done = document["done"] is True
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return Pending(damaged=True)
        if sound and done:
            return Pending(new=tuple(file for file in noted if file.path in files))
        if not sound or not {file.path for file in noted} <= set(files):
            return Pending(damaged=True)
        return self._compared(noted)

    def _compared(self, noted: Sequence[NewContent]) -> Pending:
        old: list[NewContent] = []
        new: list[NewContent] = []
        other: list[NewContent] = []
        unread: list[NewContent] = []
        for file in noted:
            try:
                content = read(os.path.join(self._root, *file.path.split("/")))
            except BadSource as error:
                (other if _is_changed(error) else unread).append(file)
                continue
            kind = new if content == file.new else old if content == file.old else other
            kind.append(file)
        return Pending(tuple(old), tuple(new), tuple(other), tuple(unread))

    @contextmanager
    def locked(self, patience: float = PATIENCE) -> Iterator[None]:
        """Let no other run repair the project meanwhile. Raises BusyError after `patience`."""
        path = self.path.with_suffix(".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            deadline = time.monotonic() + patience
            while not _lock(descriptor):
                if time.monotonic() > deadline:
                    raise BusyError(f"another --fix is at work in {self._root}")
                time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)  # which gives the lock back


@dataclass(frozen=True)
class Pending:
    """Files that an interrupted run left as they were, or changed, and those changed since.

    What is in the `unread` ones is not known.
    """

    old: tuple[NewContent, ...] = ()
    new: tuple[NewContent, ...] = ()
    other: tuple[NewContent, ...] = ()
    unread: tuple[NewContent, ...] = ()
    damaged: bool = False

    @property
    def is_half_done(self) -> bool:
        """Whether some of its files are written and others are not, as far as is known."""
        return bool(self.unread) or (bool(self.new) and bool(self.old or self.other))

    def rest(self) -> tuple[NewContent, ...]:
        """Return what makes it whole: the rest is written, or what is written taken back.

        It is taken back where a file that is not written has been changed by somebody else.
        """
        if not self.is_half_done:
            return ()
        if self.other:
            return tuple(NewContent(file.path, file.new, file.old) for file in self.new)
        return self.old


def open_journal(root: Path) -> Journal:
    """Return the journal of a project, in a folder that nobody else writes to. Raises OSError."""
    for folder in _folders():
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_private(folder) and os.access(folder, os.W_OK):
                return Journal(root, folder)
    raise PermissionError(errno.EACCES, "there is no folder for a journal")


def existing_journal(root: Path) -> Journal | None:
    """Return the journal of a project if anything was ever repaired, else None; write nothing."""
    for folder in _folders():
        with suppress(OSError):
            if _is_private(folder):
                return Journal(root, folder)
    return None


def _folders() -> Iterator[Path]:
    from platformdirs import user_state_path

    own = f"flake8-bgtasks-{os.getuid()}" if hasattr(os, "getuid") else "flake8-bgtasks"
    yield user_state_path("flake8-bgtasks")
    yield Path(tempfile.gettempdir(), own)


def _is_private(folder: Path) -> bool:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _is_changed(error: BadSource) -> bool:
    """Return whether a file can't be read since it is gone, or something else is in its place."""
    cause = error.__cause__
    return not isinstance(cause, OSError) or isinstance(
        cause, (FileNotFoundError, NotADirectoryError)
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _packed(file: NewContent) -> dict[str, str]:
    return {
        "path": file.path,
        "old": b64encode(file.old).decode(),
        "new": b64encode(file.new).decode(),
    }


def _unpacked(item: dict[str, str]) -> NewContent:
    return NewContent(str(item["path"]), b64decode(item["old"]), b64decode(item["new"]))


def _lock(descriptor: int) -> bool:
    """Take the lock if nobody has it; the system gives it back when the process ends."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
