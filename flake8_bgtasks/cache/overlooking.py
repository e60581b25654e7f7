"""Files that have changed, but can't change a finding.

That is what the search for code that matters (`project.seeds`, `project.interest`) says of most
files at a glance; here it is asked again for a single file.
"""

from __future__ import annotations

from flake8_bgtasks.cache.uses import GLANCED, PARSED
from flake8_bgtasks.project.imports import import_statements, imported_words
from flake8_bgtasks.project.seeds import may_be_found
from flake8_bgtasks.project.source import BadSource, decode, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


def growth(path: str, size: int, use: str, looked_for: Collection[bytes]) -> int | None:
    """Return by how many bytes a file has grown from `size`; None if it may matter now.

    `use` is how it was used before, `looked_for` the words of which one stands in all imports of
    something that matters.
    """
    if use not in (PARSED, GLANCED):
        return None
    try:
        data = read(path)
        words = imported_words(b"\n".join(import_statements(data)))
        if may_be_found(data) or words.intersection(looked_for):
            return None
        if use == PARSED:
            _parse(data)
    except (BadSource, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return len(data) - size


def _parse(data: bytes) -> None:
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(decode(data))
