"""The lines of files, as flake8 sees them."""

from __future__ import annotations

import io
import tokenize
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING

from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from flake8.processor import FileProcessor

NOQA = "noqa"


def read_source(path: str, overlay: bytes | None) -> Source:
    """Read a file, or take `overlay` for its content; a file that can't be read has no lines."""
    try:
        return Source(read(path) if overlay is None else overlay)
    except BadSource:
        return Source(b"")


class Source:
    """The lines of one file, and what its `# noqa` comments cover."""

    def __init__(self, data: bytes) -> None:
        """`data` is the whole content."""
        self.lines = _lines(data)

    def line(self, number: int) -> str:
        """Return a line (from 1) without its end; empty if there is none."""
        return self.lines[number - 1].rstrip("\r\n") if 0 < number <= len(self.lines) else ""

    @property
    def is_ignored(self) -> bool:
        """Whether a `# flake8: noqa` takes out the whole file."""
        return self._processor is not None and self._processor.should_ignore_file()

    def noqa_text(self, number: int) -> str:
        """Return the text whose `# noqa` counts for a line: the whole statement or string."""
        if self._processor is None:
            return ""
        return self._processor.noqa_line_for(number) or self.line(number)

    @cached_property
    def _processor(self) -> FileProcessor | None:
        """flake8's reader of comments; spared for files without any, as it is slow to import."""
        if not any(NOQA in line.lower() for line in self.lines):
            return None
        from flake8.processor import FileProcessor

        return FileProcessor("", _PROCESSOR_OPTIONS, lines=self.lines)


# FileProcessor wants all of these, though the comments depend on none but `disable_noqa`.
_PROCESSOR_OPTIONS = SimpleNamespace(
    disable_noqa=False,
    hang_closing=False,
    indent_size=4,
    max_line_length=79,
    max_doc_length=None,
    verbose=0,
)


def _lines(data: bytes) -> list[str]:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return io.TextIOWrapper(io.BytesIO(data), encoding).readlines()
    except (SyntaxError, UnicodeError):
        return io.TextIOWrapper(io.BytesIO(data), "latin-1").readlines()
