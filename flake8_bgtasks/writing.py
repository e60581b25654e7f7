"""Writing files: where they really are, and replacing them at once.

A checked tree may hold a link in place of a file that a user wants to have written.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from typing import TYPE_CHECKING

from flake8_bgtasks.project.roots import is_within, root_for

if TYPE_CHECKING:
    from typing import TextIO

LEADS_OUT = "it is a link that leads out of the project"
NO_FILE = "it is not a regular file"


def open_report(path: str) -> TextIO:
    """Open a file for a report, new or emptied. Raises OSError.

    It may be a pipe or a device, but not in the project that the working directory lies in.
    """
    tree = _tree()
    opener = None
    if is_within(os.path.abspath(path), tree):
        path, opener = _target(path, tree), _open_inside
    if folder := os.path.dirname(path):
        os.makedirs(folder, exist_ok=True)
    encoding, errors = "utf-8", "backslashreplace"
    return open(path, "w", encoding=encoding, errors=errors, newline="\n", opener=opener)


def replace_file(path: str, data: bytes, tree: str | None = None) -> None:
    """Write `data` to a new or an existing file, which keeps its mode; a link stays a link.

    Its folder is made if need be. Raises OSError, and leaves everything as it was; also where there
    is something else than a file, or a link leads out of the `tree` that the path lies in, by
    default the project of the working directory.
    """
    target = _target(path, tree or _tree())
    if os.path.lexists(target) and not os.path.isfile(target):
        raise OSError(errno.EINVAL, NO_FILE)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".bgtasks-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        if os.path.exists(target):
            shutil.copymode(target, temporary)
        else:
            os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _tree() -> str:
    return root_for([], os.getcwd())


def _target(path: str, tree: str) -> str:
    """Return the file behind a path. Raises OSError if it should lie in the tree and does not."""
    target = os.path.realpath(path)
    if is_within(os.path.abspath(path), tree) and not is_within(target, os.path.realpath(tree)):
        raise OSError(errno.EPERM, LEADS_OUT)
    return target


def _open_inside(path: str, flags: int) -> int:
    """Open a regular file, empty it and follow no link, whatever has changed meanwhile."""
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags & ~os.O_TRUNC, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, NO_FILE)
    os.ftruncate(descriptor, 0)
    return descriptor


def _umask() -> int:
    """Return the mask of the process, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
