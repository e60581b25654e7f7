"""What a fix changes, as a unified diff that `git apply` and `patch` take, byte for byte."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flake8_bgtasks.fixes.write import NewContent

    Opcode = tuple[str, int, int, int, int]

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNDECODABLE = range(0xDC80, 0xDD00)


def patch(files: Iterable[NewContent], shown: Callable[[str], str]) -> bytes:
    """Return the diff of files; `shown` gives the path to print, with `/`."""
    return b"".join(line for file in files for line in _lines(file, shown(file.path)))


def _lines(file: NewContent, path: str) -> Iterator[bytes]:
    old, new = _LINE.findall(file.old), _LINE.findall(file.new)
    before, after = (_name(f"{side}/{path}").encode("utf-8", "surrogateescape") for side in "ab")
    groups = list(difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3))
    if groups:
        yield b"--- %s\n+++ %s\n" % (before, after)
    for group in groups:
        yield f"@@ -{_range(group, 1)} +{_range(group, 3)} @@\n".encode()
        for line in _changed(group, old, new):
            yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _changed(group: Sequence[Opcode], old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    for kind, start, stop, new_start, new_stop in group:
        if kind == "equal":
            yield from (b" " + line for line in old[start:stop])
        else:
            yield from (b"-" + line for line in old[start:stop])
            yield from (b"+" + line for line in new[new_start:new_stop])


def _range(group: Sequence[Opcode], index: int) -> str:
    """Return the lines of a group: of the old file with `index` 1, of the new one with 3."""
    start, stop = group[0][index], group[-1][index + 1]
    assert isinstance(start, int)
    assert isinstance(stop, int)
    length = stop - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def _name(path: str) -> str:
    """Quote a path as git does; a blank in it needs a tab behind it."""
    quoted = "".join(_quoted(character) for character in path)
    if quoted != path:
        return f'"{quoted}"'
    return f"{path}\t" if " " in path else path


def _quoted(character: str) -> str:
    """Escape what ends a quoted path, or could steer a terminal; undecodable bytes stay."""
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() or ord(character) in _UNDECODABLE:
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogatepass"))
