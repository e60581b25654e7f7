"""Writing files whole or not at all, whatever happens meanwhile.

New contents go to temporary files beside the old ones and to the disk; only then each takes the
place of its file, in one step per file. What can fail, fails before the first of these steps; if
one of them fails, the ones done are undone. A journal tells the next run if it was interrupted.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from flake8_bgtasks.fixes.journal import Journal


SUFFIX = ".bgtasks"


class WriteError(Exception):
    """Why nothing was written; `path` is the file that stood in the way, relative to the root."""

    def __init__(self, path: str, reason: str) -> None:
        """`reason` is for the user."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class NewContent:
    """A file, relative to the root with `/`, what it has to hold still, and what it is to hold."""

    path: str
    old: bytes
    new: bytes


def obstacle(root: Path, path: str) -> str | None:
    """Return why a file can't be replaced, None if nothing is known to speak against it."""
    try:
        target = _target(root, path)
        mode = os.stat(target).st_mode
    except WriteError as error:
        return f"{path} {error.reason}"
    except OSError as error:
        return f"{path} can't be read: {_said(error)}"
    if not stat.S_ISREG(mode):
        return f"{path} is not a regular file"
    if not mode & 0o222 or not os.access(target, os.W_OK):
        return f"{path} is read-only"
    return None


def write(
    root: Path,
    files: Sequence[NewContent],
    journal: Journal,
    replace: Callable[[str, str], None] = os.replace,
) -> None:
    """Write all files, or none: then WriteError says why. `replace` is for tests."""
    if not files:
        return
    try:
        journal.begin(files)
    except OSError as error:
        raise WriteError(files[0].path, f"can't be written: {_said(error)}") from error
    try:
        with ExitStack() as stack:
            prepared = [_prepare(root, file, stack) for file in files]
            for file in files:
                _check_unchanged(root, file)
            _swap(prepared, replace)
    except WriteError:  # all files are as they were
        journal.end()
        raise
    sync_folders({os.path.dirname(item.target) for item in prepared})
    journal.end()


def sweep(root: Path, paths: Iterable[str]) -> None:
    """Remove what an interrupted run has left beside files."""
    for path in paths:
        with suppress(WriteError, OSError):
            folder, name = os.path.split(_target(root, path))
            left = re.compile(rf"\.{re.escape(name[:100])}\.\w{{8}}\{SUFFIX}")
            for other in os.listdir(folder):
                if left.fullmatch(other):
                    os.unlink(os.path.join(folder, other))


@dataclass(frozen=True)
class _Prepared:
    """The real file, and files beside it with its new and its old content."""

    path: str
    target: str
    new: str
    old: str


def _prepare(root: Path, file: NewContent, stack: ExitStack) -> _Prepared:
    try:
        target = _target(root, file.path)
        new = _written(target, file.new, stack)
        return _Prepared(file.path, target, new, _written(target, file.old, stack))
    except OSError as error:
        raise WriteError(file.path, f"can't be written: {_said(error)}") from error


def _swap(prepared: Sequence[_Prepared], replace: Callable[[str, str], None]) -> None:
    """Put the new files in place; undo what is done if one can't be. Raises WriteError."""
    done: list[_Prepared] = []
    try:
        for item in prepared:
            done.append(item)
            replace(item.new, item.target)
    except BaseException as error:
        for item in done if not isinstance(error, OSError) else done[:-1]:
            os.replace(item.old, item.target)
        if isinstance(error, OSError):
            reason = f"can't be replaced: {_said(error)}"
            raise WriteError(done[-1].path, reason) from error
        raise


def _target(root: Path, path: str) -> str:
    """Return the real file behind a path. Raises WriteError if it lies outside of the root."""
    real_root = os.path.realpath(root)
    target = os.path.realpath(os.path.join(root, *path.split("/")))
    if os.path.commonpath([real_root, target]) != real_root:
        raise WriteError(path, "is a link to a file outside of the project")
    return target


def _check_unchanged(root: Path, file: NewContent) -> None:
    try:
        content = read(_target(root, file.path))
    except BadSource as error:
        raise WriteError(file.path, error.message) from error
    if content != file.old:
        raise WriteError(file.path, "was changed by somebody else meanwhile")


def _written(target: str, content: bytes, stack: ExitStack) -> str:
    """Write a file beside `target`, with its mode and owner; it goes when the stack is left."""
    folder, name = os.path.split(target)
    descriptor, path = tempfile.mkstemp(prefix=f".{name[:100]}.", suffix=SUFFIX, dir=folder)
    stack.callback(_remove, path)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        _take_over(os.stat(target), descriptor)
        os.fsync(descriptor)
    return path


def _take_over(status: os.stat_result, descriptor: int) -> None:
    """Give a new file the mode and the owner of the old one."""
    if os.name != "posix":
        return
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def sync_folders(folders: Iterable[str]) -> None:
    """Bring what was renamed in folders to the disk, where the system can do that."""
    if os.name != "posix":
        return
    for folder in sorted(folders):
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _said(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def changed_files(old: Callable[[str], bytes], new: Mapping[str, bytes]) -> tuple[NewContent, ...]:
    """Return what is to be written: the files whose content really changes."""
    files = (NewContent(path, old(path), content) for path, content in sorted(new.items()))
    return tuple(file for file in files if file.old != file.new)
