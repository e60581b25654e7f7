"""Replacing a file at once: whoever reads it finds the old content or the new, never a part."""

from __future__ import annotations

import os
import shutil
import tempfile


def replace_file(path: str, data: bytes) -> None:
    """Write `data` to a new or an existing file, which keeps its mode; a link stays a link.

    Raises OSError, and leaves everything as it was.
    """
    target = os.path.realpath(path)
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


def _umask() -> int:
    """Return the mask of the process, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
