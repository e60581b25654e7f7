"""What a fix changes, as a unified diff that `git apply` and `patch` take, byte for byte."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_bgtasks.fixes.write import NewContent

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def patch(files: Iterable[NewContent], shown: Callable[[str], str]) -> bytes:
    """Return the diff of files; `shown` gives the path to print, with `/`."""
    return b"".join(line for file in files for line in _lines(file, shown(file.path)))


def _lines(file: NewContent, path: str) -> Iterator[bytes]:
    old, new = _LINE.findall(file.old), _LINE.findall(file.new)
    before, after = (_name(f"{side}/{path}").encode("utf-8", "surrogateescape") for side in "ab")
    for line in difflib.diff_bytes(difflib.unified_diff, old, new, before, after):
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _name(path: str) -> str:
    """Quote a path as git does; a blank in it needs a tab behind it."""
    if any(character in _ESCAPES for character in path):
        return f'"{"".join(_ESCAPES.get(c, c) for c in path)}"'
    return f"{path}\t" if " " in path else path
