"""Colours on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Paint = Callable[[str, str], str]

CODES = {"bold": 1, "red": 31, "green": 32, "yellow": 33, "cyan": 36, "dim": 2}
"""Select Graphic Rendition, ECMA-48 8.3.117."""


def painter(*, color: bool) -> Paint:
    """Return what paints a text that holds no control characters: `paint(text, "red")`."""
    if not color:
        return lambda text, _name: text
    return lambda text, name: f"\x1b[{CODES[name]}m{text}\x1b[m"
