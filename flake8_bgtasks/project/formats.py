"""TOML and INI, parsed such that nobody's file takes long or ends a run.

Python's parsers take time that grows with the square of a key's parts, or of a run of blanks.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from configparser import RawConfigParser

MAX_LENGTH = 500_000
"""So many characters are parsed at most: settings that people write are much shorter."""
MAX_DOTS = 500
"""So many parts, nearly, may the keys of a line of TOML have."""
_BLANKS = re.compile(r"[ \t\f\v]{50,}")


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML. Raises ValueError for anything else, and for what is out of all proportion."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    _check_length(text)
    if any(line.count(".") > MAX_DOTS for line in text.splitlines()):
        raise ValueError("a line has too many dots")
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def parse_ini(text: str, source: str = "") -> RawConfigParser:
    """Parse an INI file named `source`. Raises ValueError and configparser.Error likewise."""
    import configparser

    _check_length(text)
    parser = configparser.RawConfigParser()
    parser.read_string(_BLANKS.sub(" ", text), source=source)
    return parser


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"it is longer than {MAX_LENGTH} characters")
