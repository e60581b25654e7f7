"""Finding configuration files, and naming the place of a mistake in one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTION = re.compile(r"^\s*\[(tool\.flake8-bgtasks|flake8)[].]", re.MULTILINE)


@dataclass(frozen=True)
class ConfigFile:
    """A configuration file's absolute path and its text."""

    path: Path
    text: str

    @property
    def folder(self) -> str:
        """The folder that its relative paths start from."""
        return str(self.path.parent)

    def error(self, reason: str, key: str | None = None) -> UsageError:
        """Make the error that names the file and, if the key is found in it, the line."""
        if key is None:
            return UsageError(f"{self.path}: {reason}")
        line = self._line_of(key)
        place = f"{self.path}:{line}" if line else str(self.path)
        return UsageError(f"{place}: {key}: {reason}")

    def _line_of(self, key: str) -> int | None:
        section = SECTION.search(self.text)
        header = r"(?:\[tool\.flake8-bgtasks\.)?"
        pattern = re.compile(rf"^\s*{header}[\"']?{re.escape(key)}[\"']?\s*[=:\]]", re.M | re.I)
        found = pattern.search(self.text, section.start() if section else 0)
        return self.text.count("\n", 0, found.end()) + 1 if found else None


def load(path: Path, wanted: bytes) -> ConfigFile | None:
    """Read a file that holds the bytes `wanted`; None for others and for what is no file.

    Raises UsageError if it can't be read or is not UTF-8.
    """
    if not path.is_file():
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't read the file: {error.strerror}") from error
    if wanted not in data:
        return None
    try:
        return ConfigFile(path, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the file is not UTF-8: {error.reason}") from error


def upwards(start: Path) -> Iterator[Path]:
    """Yield `start` and the folders above it, but not the home folder, as flake8 does."""
    start = Path(os.path.abspath(start))
    home = Path(os.path.expanduser("~"))
    yield start
    for folder in start.parents:
        if home.exists() and folder.samefile(home):
            return
        yield folder
