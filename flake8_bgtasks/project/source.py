"""Reading and decoding Python source as Python does, with a clear reason for every failure."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

# A named pipe would block until somebody writes to it.
READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
BOM_UTF8 = b"\xef\xbb\xbf"
MAX_SIZE = 5_000_000
"""So many bytes are parsed at most: what Python and LibCST make of them takes 150 times as many."""
MAX_READ = 50_000_000
"""So many bytes are read at most, whatever the status of a file says or said."""
SYNTAX_BUDGET = 1_000_000
"""Files that can't matter are parsed, for BGT900 alone, while a run has no more bytes of them."""
TOO_LARGE = "the file is too large to be checked (more than 5 MB); leave it out: --extend-exclude"
_PART = 1 << 20
TOO_DEEP = "the code is nested too deeply to be parsed"


class BadSource(Exception):  # noqa: N818 - a verdict on a file, not an error of ours
    """A file that can't be read, decoded or parsed: one line that says why.

    `line` and `column` count from 1, columns in characters.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        """`message` is squeezed to one line."""
        super().__init__(message)
        self.message = " ".join(message.split())
        self.line = max(line, 1)
        self.column = max(column, 1)

    @property
    def code(self) -> str:
        """Tell whether the file is at fault or goes beyond what the tool takes on."""
        return "BGT901" if self.message == TOO_LARGE else "BGT900"


def read(path: str | Path) -> bytes:
    """Read a regular file. Raises BadSource for anything else or too much, and never blocks."""
    try:
        with open(path, "rb", opener=_open_without_blocking, buffering=0) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise BadSource("can't read the file: not a regular file")
            if status.st_size > MAX_READ:
                raise BadSource(TOO_LARGE)
            return _whole(file)
    except OSError as error:
        raise BadSource(f"can't read the file: {_reason(error)}") from error
    except ValueError as error:
        raise BadSource("can't read the file: its path holds a NUL character") from error


def _whole(file: FileIO) -> bytes:
    """Read to the end, which a file whose status tells no size has too, or one that grows."""
    parts: list[bytes] = []
    left = MAX_READ + 1
    while part := file.read(min(left, _PART)):
        parts.append(part)
        left -= len(part)
        if left <= 0:
            raise BadSource(TOO_LARGE)
    return b"".join(parts)


def decode(data: bytes) -> str:
    """Decode source by its encoding cookie, byte order mark or as UTF-8; line ends stay.

    Raises BadSource, at the first bad byte if there is one.
    """
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"can't decode the file as {encoding}: byte 0x{data[error.start]:02x}"
        raise BadSource(message, *_end(data[: error.start].decode(encoding, "replace"))) from error
    except (LookupError, ValueError) as error:
        raise BadSource(f"can't decode the file as {encoding}: {error}") from error
    if "\0" in text:
        raise BadSource("the source holds a NUL byte", *_end(text[: text.index("\0")]))
    return text


def parse_failure(error: Exception) -> BadSource:
    """Turn what `ast.parse` raised for a text into a reason with a position."""
    if isinstance(error, SyntaxError):
        return BadSource(error.msg or "invalid syntax", error.lineno or 1, error.offset or 1)
    if isinstance(error, (RecursionError, MemoryError)):
        return BadSource(TOO_DEEP)
    return BadSource(f"can't parse the file: {error}")


def _open_without_blocking(path: str, _flags: int) -> int:
    return os.open(path, READ_FLAGS)


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it does not exist"
    return (error.strerror or type(error).__name__).lower()


def encoding_of(data: bytes) -> str:
    """Return the name of the encoding that Python reads a file with. Raises BadSource."""
    if _is_plain(data):  # `tokenize` is slow to import
        return "utf-8"
    import re
    import tokenize

    # Python also ends a line at a lone carriage return, `detect_encoding` doesn't.
    head = [line + b"\n" for line in re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2]]
    try:
        return tokenize.detect_encoding(iter(head).__next__)[0]
    except SyntaxError as error:
        if "encoding declaration" in error.msg:
            return "utf-8"  # which `decode` finds to be wrong, and where
        line = 1 if b"coding" in head[0] else 2
        raise BadSource(f"can't decode the file: {error.msg}", line) from error


def _is_plain(data: bytes) -> bool:
    """Tell whether a source surely has no byte order mark and no encoding cookie."""
    head = b"\n".join(data.split(b"\n", 2)[:2])
    return not head.startswith(BOM_UTF8) and b"coding" not in head and b"\r" not in head


def _end(text: str) -> tuple[int, int]:
    """Return the line and column of what follows `text`."""
    import re

    lines = re.split(r"\r\n|\r|\n", text)
    return len(lines), len(lines[-1]) + 1
