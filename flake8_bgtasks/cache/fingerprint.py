"""What a record depends on besides the project: this tool, Python, the installed packages."""

from __future__ import annotations

import os
import sys
from zlib import crc32

from flake8_bgtasks import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALLED = "-packages"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def fingerprint() -> str:
    """Return what is another for another version of anything; for each change of this tool's code.

    The code is looked at in a checkout, which keeps its version while it is worked on; installers
    change the folder of installed packages.
    """
    is_installed = os.path.dirname(PACKAGE).endswith(INSTALLED)
    code = () if is_installed else _code(PACKAGE)
    parts = [__version__, sys.version, *code, *_packages()]
    return f"{__version__} {crc32(repr(parts).encode('utf-8', 'surrogateescape')):08x}"


def _code(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.endswith(".py"):
            status = entry.stat()
            yield f"{entry.name} {status.st_size} {status.st_mtime_ns}"
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from _code(entry.path)


def _packages() -> Iterator[str]:
    """Yield the states of the folders of installed packages: FastAPI may be among them."""
    for folder in sys.path:
        if folder.endswith(INSTALLED):
            try:
                yield f"{folder} {os.stat(folder).st_mtime_ns}"
            except OSError:
                continue
