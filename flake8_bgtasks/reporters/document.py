"""JSON documents, and the words that they share."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOL = "flake8-bgtasks"


def lines_of(document: object) -> Iterator[str]:
    """Yield the lines of a JSON document, in ASCII and without line ends.

    Strings have nothing that a CI server takes for a command in its log, such as `##[error]`.
    """
    yield from json.dumps(document, indent=2).replace("##", "\\u0023\\u0023").split("\n")


def one_line(text: str) -> str:
    """Return a text that viewers can show as they like: no line breaks, nothing that steers."""
    return printable(" ".join(text.split()))


def uri(path: str) -> str:
    """Return a relative path with `/` as a relative reference (RFC 3986 4.2)."""
    return quote(os.fsencode(path))
