"""What may go to a terminal: harmless characters, and colour only where it is wanted."""

from __future__ import annotations

import os
import sys

from flake8_bgtasks.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO


def printable(text: str, keep: str = "") -> str:
    """Write all characters that could steer a terminal or a CI server, or hide text, as escapes.

    That is what `str.isprintable` says no to, less those in `keep`: control characters, line
    separators, marks that change the writing direction, undecodable bytes of file names. And the
    beginning of what servers take for commands: a line `::error::`, `##[error]` or `##vso[task]`
    anywhere.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c in keep else _escaped(c) for c in text)
    return _without_commands(text) if "::" in text or "##" in text else text


def _without_commands(text: str) -> str:
    import re

    text = re.sub(r"##(?=\w*\[)", r"\\x23#", text)
    return re.sub(r"^(\s*):(?=:)", r"\1\\x3a", text)


def wants_color(mode: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Decide for `mode` `"always"`, `"never"` or `"auto"`."""
    if mode != "auto":
        return mode == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb" and _shows_escapes()


def write_bytes(stream: TextIO, data: bytes) -> None:
    """Write bytes to a text stream as they are, past its encoding and its line ends."""
    raw = getattr(stream, "buffer", None)
    stream.flush()
    if raw is None:
        stream.write(data.decode("utf-8", "surrogateescape"))
    else:
        raw.write(data)
        raw.flush()


def print_lines(lines: Iterable[str], stream: TextIO) -> None:
    """Print lines, also if nobody reads them to the end. Raises UsageError if that fails."""
    try:
        stream.writelines(f"{line}\n" for line in lines)
        stream.flush()
    except OSError as error:
        detach(stream)
        if not is_broken_pipe(error):
            raise UsageError(f"can't write the report: {error.strerror}") from error


def is_broken_pipe(error: OSError) -> bool:
    """Tell whether the reader has gone, as in `| head`; Windows calls that EINVAL."""
    import errno

    return error.errno == errno.EPIPE or (sys.platform == "win32" and error.errno == errno.EINVAL)


def detach(stream: TextIO) -> None:
    """Let a broken stream end in nothing, so that Python's last flush does not fail too."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _shows_escapes() -> bool:
    if sys.platform != "win32":
        return True
    from flake8.formatting import _windows_color

    return bool(_windows_color.terminal_supports_color)
