"""Finding configuration files, and naming the place of a mistake in one."""

from __future__ import annotations

import os

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.source import BadSource, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class ConfigFile:
    """A configuration file: its absolute path, its text, and the folder of its relative paths."""

    def __init__(self, path: str, text: str) -> None:
        """Keep what is given."""
        self.path = path
        self.text = text
        self.folder = os.path.dirname(path)

    def error(self, reason: str, key: str | None = None) -> UsageError:
        """Make the error that names the file and, if the key is found in it, the line."""
        if key is None:
            return UsageError(f"{self.path}: {reason}")
        line = self._line_of(key)
        place = f"{self.path}:{line}" if line else self.path
        return UsageError(f"{place}: {key}: {reason}")

    def _line_of(self, key: str) -> int | None:
        import re

        flags = re.MULTILINE | re.IGNORECASE
        section = re.search(r"^[ \t]*\[(tool\.flake8-bgtasks|flake8)[].]", self.text, re.MULTILINE)
        header = r"(?:\[tool\.flake8-bgtasks\.)?"
        pattern = re.compile(rf"^[ \t]*{header}[\"']?{re.escape(key)}[\"']?\s*[=:\]]", flags)
        found = pattern.search(self.text, section.start() if section else 0)
        return self.text.count("\n", 0, found.end()) + 1 if found else None


def load(path: str, wanted: bytes) -> ConfigFile | None:
    """Read a file that holds the bytes `wanted`; None for others and for what is no file.

    Raises UsageError if it can't be read or is not UTF-8.
    """
    if not os.path.isfile(path):
        return None
    try:
        data = read(path)
    except BadSource as error:
        raise UsageError(f"{path}: {error.message}") from error
    if wanted not in data:
        return None
    try:
        return ConfigFile(path, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the file is not UTF-8: {error.reason}") from error


def upwards(start: str) -> Iterator[str]:
    """Yield `start` and the folders above it, but not the home folder, as flake8 does."""
    folder = os.path.abspath(start)
    home = os.path.expanduser("~")
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder or (os.path.exists(home) and os.path.samefile(parent, home)):
            return
        folder = parent
