"""The values of string literals."""

from __future__ import annotations

import libcst as cst

_TRIPLE = ('"""', "'''")


def value_of(node: cst.SimpleString | cst.ConcatenatedString) -> str | bytes | None:
    """Return the value of a string, None where it isn't known before the code runs.

    LibCST has each literal parsed by Python, which only those need that hold an escape.
    """
    text = node.value if isinstance(node, cst.SimpleString) else ""
    if text[:1] in ("'", '"') and "\\" not in text and "\r" not in text:
        quotes = 3 if text.startswith(_TRIPLE) else 1
        return text[quotes:-quotes]
    return node.evaluated_value
