"""Content that flake8 was given and that is not, or not yet, on disk: standard input, buffers."""

from __future__ import annotations

import io
import tokenize
from typing import TYPE_CHECKING

from flake8_bgtasks.sources import read_source

if TYPE_CHECKING:
    from collections.abc import Sequence

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def overlay(path: str, lines: Sequence[str]) -> bytes | None:
    """Return the content of `lines` if it is not what the file `path` holds, else None."""
    text = "".join(lines)
    if text == "".join(read_source(path, None).lines).removeprefix(BOM):
        return None
    return encode(text)


def encode(text: str) -> bytes:
    """Encode source such that decoding it by its own cookie gives it back, where that can be."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return text.encode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        return data
