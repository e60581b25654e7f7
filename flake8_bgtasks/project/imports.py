"""The import statements of a source, found without parsing it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BOM_UTF8 = b"\xef\xbb\xbf"
_WORDS = bytes(c if (chr(c).isalnum() and c < 128) or chr(c) == "_" else 32 for c in range(256))


def import_statements(data: bytes) -> Iterator[bytes]:
    """Yield the import statements of a source (and lines that look like one), not indented."""
    at = data.find(b"import")
    while at >= 0:
        start = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
        end = _end_of_line(data, at)
        line = data[start:end].removeprefix(BOM_UTF8).strip()
        if line.startswith((b"import ", b"from ")):
            line, end = _whole(data, line, end)
            yield line
        at = data.find(b"import", max(end, at + 1))


def _whole(data: bytes, line: bytes, end: int) -> tuple[bytes, int]:
    """Return a statement with the lines that it goes on in, as one line, and its end."""
    while line.endswith(b"\\") or (b"(" in line and b")" not in line.partition(b"#")[0]):
        following = _end_of_line(data, end + 1)
        if following <= end:
            break
        piece = data[end + 1 : following].partition(b"#")[0].strip()
        line = line.partition(b"#")[0].rstrip().removesuffix(b"\\") + b" " + piece
        end = following
    return line, end


def _end_of_line(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def imported_words(data: bytes) -> frozenset[bytes]:
    """Return the words in import statements: names, modules, and what else is there.

    What is taken from FastAPI and Starlette is nothing of the project's.
    """
    lines = (line for line in import_statements(data) if not _is_of_framework(line))
    return frozenset(b"\n".join(lines).translate(_WORDS).split())


def _is_of_framework(statement: bytes) -> bool:
    words = statement[:40].translate(_WORDS).split()
    return words[1:2] in ([b"fastapi"], [b"starlette"]) and not statement.startswith(b"from .")


def imports_package(data: bytes, package: bytes) -> bool:
    """Return whether a source imports a package or something from it."""
    if package not in data:
        return False
    import re

    pattern = rb"(?:from|import)\s+(?:[\w.]+\s*,\s*)*" + package + rb"\b"
    return any(re.match(pattern, statement) for statement in import_statements(data))
