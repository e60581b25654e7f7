"""How the path of a finding is written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

from flake8_bgtasks.project.roots import absolute_path, is_within


@dataclass(frozen=True)
class Paths:
    """Turns paths that are relative to `root`, with `/`, into what readers want to see.

    `given` are the paths of the command line as they were written there.
    """

    root: str
    cwd: str
    given: tuple[str, ...]

    @cached_property
    def _starts(self) -> tuple[tuple[str, str], ...]:
        """The given paths, as they were written and as absolute ones."""
        return tuple(
            (written, absolute_path(absolute_path(written, self.cwd), self.root))
            for written in self.given
        )

    def absolute(self, path: str) -> str:
        """Return the path in the file system."""
        return os.path.join(self.root, *path.split("/"))

    def shown(self, path: str) -> str:
        """Return the path as flake8 prints it: it starts with the argument that led to it."""
        absolute = self.absolute(path)
        for written, start in self._starts:
            if absolute == start:
                return written
            if is_within(absolute, start):
                return os.path.join(written, os.path.relpath(absolute, start))
        return self._below_cwd(absolute)

    def relative(self, path: str) -> str:
        """Return the path relative to the working directory, with `/` on every platform."""
        return self._below_cwd(self.absolute(path)).replace(os.sep, "/")

    def _below_cwd(self, absolute: str) -> str:
        try:
            return os.path.relpath(absolute, self.cwd)
        except ValueError:  # another drive on Windows
            return absolute
