"""Records on disk: private files, written whole or not at all, and few."""

from __future__ import annotations

import os
import stat
import sys
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAME = "flake8-bgtasks"
FORMAT = "flake8-bgtasks cache 1"
MAX_RECORDS = 100
MAX_BYTES = 32_000_000
OURS = (".run", ".report", ".facts", ".tmp")
DIGITS, DIGEST = 16, frozenset("0123456789abcdef")
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def default_folder() -> str | None:
    """Return the user's folder for it; None for a user without a home."""
    if sys.platform == "linux":  # as platformdirs says, which takes longer than a whole run
        home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        folder = os.path.join(home, NAME)
    else:
        from platformdirs import user_cache_dir

        folder = user_cache_dir(NAME, appauthor=False)
    return folder if os.path.isabs(folder) else None


class Storage:
    """The records in one folder. Whatever goes wrong, there is just no record."""

    def __init__(self, folder: str) -> None:
        """The folder need not exist."""
        self.folder = folder

    def load(self, kind: str, key: Sequence[str]) -> list[str] | None:
        """Return the lines that were saved under a key; None if there are none to be trusted."""
        head = _head(key)
        if head is None:
            return None
        try:
            data = self._read(_name(kind, head))
        except OSError:
            return None
        first, _, rest = data.partition(b"\n")
        if first != f"{FORMAT} {crc32(rest):08x}".encode():
            return None
        try:
            lines = rest.decode("utf-8", "surrogateescape").split("\n")
        except UnicodeDecodeError:
            return None
        return lines[1:] if lines[0] == head else None

    def save(self, kind: str, key: Sequence[str], lines: Iterable[str]) -> None:
        """Keep lines under a key, in place of those that were there."""
        head = _head(key)
        if head is None:
            return
        lines = list(lines)
        text = "\n".join([head, *lines])
        if text.count("\n") != len(lines):  # there is one within a path
            return
        data = text.encode("utf-8", "surrogateescape")
        try:
            self._write(_name(kind, head), f"{FORMAT} {crc32(data):08x}\n".encode() + data)
            self._prune()
        except OSError:
            return

    def _read(self, name: str) -> bytes:
        if not _is_private_folder(self.folder):
            raise PermissionError(self.folder)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(os.path.join(self.folder, name), flags | getattr(os, "O_BINARY", 0))
        try:
            status = os.fstat(descriptor)
            single = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
            if not single or status.st_size > MAX_BYTES or not _is_private(status):
                raise PermissionError(name)
            return os.read(descriptor, status.st_size)
        finally:
            os.close(descriptor)

    def _write(self, name: str, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            return
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        if not _is_private_folder(self.folder):
            return
        path = os.path.join(self.folder, name)
        partial = f"{path}.{os.getpid()}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(partial, flags, 0o600), "wb") as file:
            file.write(data)
        try:
            os.replace(partial, path)
        except OSError:  # Windows, while somebody reads it
            os.unlink(partial)

    def _prune(self) -> None:
        """Drop the oldest records, and what interrupted runs have left behind."""
        with os.scandir(self.folder) as entries:
            ours = [entry for entry in entries if _is_ours(entry.name)]
        if len(ours) > MAX_RECORDS:
            ours.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
            for entry in ours[: len(ours) - MAX_RECORDS // 2]:
                os.unlink(entry.path)


def _head(key: Sequence[str]) -> str | None:
    """Return a key as one line; None if it can't be told apart from another one."""
    head = "\t".join(key)
    return head if head.count("\t") == len(key) - 1 and "\n" not in head else None


def _is_ours(name: str) -> bool:
    """Tell our records from what else may lie in a folder that somebody names."""
    digest = name.partition(".")[0]
    return len(digest) == DIGITS and name.endswith(OURS) and DIGEST.issuperset(digest)


def _name(kind: str, head: str) -> str:
    """Name the file of a key; where two keys share one, the later record wins."""
    data = head.encode("utf-8", "surrogateescape")
    return f"{crc32(data):08x}{crc32(data, 1):08x}.{kind}"


def _is_private_folder(path: str) -> bool:
    """Tell whether nobody else can write to a folder, nor has put a link to it there."""
    own = not hasattr(os, "geteuid") or os.lstat(path).st_uid == os.geteuid()
    return own and _is_private(os.stat(path))


def _is_private(status: os.stat_result) -> bool:
    """Tell whether nobody else can write there, as far as the platform can say."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & OTHERS_MAY_WRITE
