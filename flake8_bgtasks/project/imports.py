"""The import statements of a source, found without parsing it."""

from __future__ import annotations

from flake8_bgtasks.project.source import BOM_UTF8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_FRAMEWORKS = (b"fastapi", b"starlette")
_WORDS = bytes(c if (chr(c).isalnum() and c < 128) or chr(c) == "_" else 32 for c in range(256))


def import_statements(data: bytes) -> Iterator[bytes]:
    """Yield the import statements of a source (and lines that look like one), not indented."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    data = data.removeprefix(BOM_UTF8)
    at = data.find(b"import")
    while at >= 0:
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        line = data[start:end].strip()
        if line.startswith((b"import ", b"from ")):
            if b"(" in line or line.endswith(b"\\"):
                line, end = _in_brackets(data, line, end) or _whole(data, line, end)
            yield line
        at = data.find(b"import", end)


def _in_brackets(data: bytes, line: bytes, end: int) -> tuple[bytes, int] | None:
    """Return what `_whole` does, sooner, where there are brackets and no comments in them."""
    if b"(" not in line or b")" in line or b"#" in line:
        return None
    last = data.find(b"\n", data.find(b")", end))
    rest = data[end:last]
    names, bracket, _ = rest.partition(b")")
    return (line + rest.replace(b"\n", b" "), last) if bracket and b"#" not in names else None


def _whole(data: bytes, line: bytes, end: int) -> tuple[bytes, int]:
    """Return a statement with the lines that it goes on in, as one line, and its end."""
    while line.endswith(b"\\") or (b"(" in line and b")" not in line.partition(b"#")[0]):
        following = data.find(b"\n", end + 1)
        if following < 0:
            break
        piece = data[end + 1 : following].partition(b"#")[0].strip()
        line = line.partition(b"#")[0].rstrip().removesuffix(b"\\") + b" " + piece
        end = following
    return line, end


def imported_words(statements: bytes) -> frozenset[bytes]:
    """Return the words in import statements, one a line: names, modules, and what else is there.

    What is taken from FastAPI and Starlette is nothing of the project's.
    """
    if any(package in statements for package in _FRAMEWORKS):
        lines = (line for line in statements.split(b"\n") if not _is_of_framework(line))
        statements = b"\n".join(lines)
    return frozenset(statements.translate(_WORDS).split())


def _is_of_framework(statement: bytes) -> bool:
    words = statement[:40].translate(_WORDS).split()
    return bool(words[1:]) and words[1] in _FRAMEWORKS and not statement.startswith(b"from .")


def imports_package(data: bytes, package: bytes) -> bool:
    """Return whether a source imports a package or something from it."""
    if package not in data:
        return False
    import re

    pattern = rb"(?:from|import)\s+(?:[\w.]+\s*,\s*)*" + package + rb"\b"
    return any(re.match(pattern, statement) for statement in import_statements(data))
