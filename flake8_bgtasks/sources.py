"""The lines of files, as flake8 sees them."""

from __future__ import annotations

import io
import tokenize
from bisect import bisect_right
from functools import cached_property
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING

from flake8_bgtasks.project.pieces import pieces
from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from flake8.processor import FileProcessor

    from flake8_bgtasks.project.pieces import Piece

FLAKE8, NOQA = "flake8", "noqa"


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
        self._processors: dict[tuple[int, int], FileProcessor | None] = {}

    def line(self, number: int) -> str:
        """Return a line (from 1) without its end; empty if there is none."""
        return self.lines[number - 1].rstrip("\r\n") if 0 < number <= len(self.lines) else ""

    @property
    def is_ignored(self) -> bool:
        """Whether a `# flake8: noqa` takes out the whole file."""
        if not any(FLAKE8 in line.lower() for line in self.lines):
            return False
        processor = self._comments(1, len(self.lines))
        return processor is not None and processor.should_ignore_file()

    def noqa_text(self, number: int) -> str:
        """Return the text whose `# noqa` counts for a line: the whole statement or string."""
        if not self._has_noqa:
            return ""
        first, last = self._statement(number)
        processor = self._comments(first, last)
        found = processor.noqa_line_for(number - first + 1) if processor is not None else None
        return found or self.line(number)

    @cached_property
    def _has_noqa(self) -> bool:
        return _has_noqa(self.lines)

    def _comments(self, first: int, last: int) -> FileProcessor | None:
        """Return what flake8 makes of the comments on some lines; None if none is a `noqa`."""
        if (first, last) not in self._processors:
            lines = self.lines[first - 1 : last]
            self._processors[first, last] = _processor(lines)
        return self._processors[first, last]

    def _statement(self, number: int) -> tuple[int, int]:
        """Return the lines of the top-level statement around a line: to read all takes long."""
        index = bisect_right(self._statements, number, key=attrgetter("first")) - 1
        for piece in self._statements[max(index, 0) : index + 1]:
            if number <= piece.last:
                return piece.first, piece.last
        return 1, len(self.lines)

    @cached_property
    def _statements(self) -> tuple[Piece, ...]:
        return pieces("".join(self.lines)) or ()


def _has_noqa(lines: list[str]) -> bool:
    return any(NOQA in line.lower() for line in lines)


def _processor(lines: list[str]) -> FileProcessor | None:
    """Return flake8's reader of comments; not for lines without any, as it is slow to import."""
    if not _has_noqa(lines):
        return None
    from flake8.processor import FileProcessor

    return FileProcessor("", _PROCESSOR_OPTIONS, lines=lines)


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
