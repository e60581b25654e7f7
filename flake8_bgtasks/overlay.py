"""Content that flake8 was given and that is not, or not yet, on disk: standard input, buffers."""

from __future__ import annotations

import io
import tokenize
from typing import TYPE_CHECKING

from flake8_bgtasks.project.source import BadSource, read
from flake8_bgtasks.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def overlay(path: str, lines: Sequence[str]) -> bytes | None:
    """Return the content of `lines` if it is not what the file `path` holds, else None."""
    text, data = "".join(lines), _content(path)
    if text.encode("utf-8", "surrogatepass") == data:
        return None  # as nearly always
    return None if text == "".join(Source(data).lines).removeprefix(BOM) else encode(text)


def _content(path: str) -> bytes:
    try:
        return read(path)
    except BadSource:
        return b""


def encode(text: str) -> bytes:
    """Encode source such that decoding it by its own cookie gives it back, where that can be."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return text.encode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        return data
