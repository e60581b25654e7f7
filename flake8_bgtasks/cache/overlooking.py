"""Files that have changed, but can't change a finding.

That is what the search for code that matters (`project.seeds`, `project.interest`) says of most
files at a glance; here it is asked again for a single file.
"""

from __future__ import annotations

from flake8_bgtasks.cache.uses import CONSULTED, PARSED, digest
from flake8_bgtasks.project.imports import import_statements, imported_words
from flake8_bgtasks.project.seeds import may_be_found
from flake8_bgtasks.project.source import BadSource, decode

_AST = 0x400
"""`ast.PyCF_ONLY_AST`; `ast` is slow to import."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


def growth(
    data: bytes,
    size: int,
    use: str,
    looked_for: Collection[bytes],
    asked_for: Collection[bytes],
) -> int | None:
    """Return by how many bytes a file that holds `data` has grown; None if it may matter now.

    `size` and `use` are what it had and how it was used before, `looked_for` the words of which one
    stands in all imports of something that matters, `asked_for` the patterns of which one is in all
    other files that matter.
    """
    if use == CONSULTED:
        return None
    try:
        if _may_matter(data, use[1:], looked_for, asked_for):
            return None
        if use.startswith(PARSED):
            _parse(data)
    except (BadSource, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return len(data) - size


def _may_matter(
    data: bytes, known: str, looked_for: Collection[bytes], asked_for: Collection[bytes]
) -> bool:
    """Tell whether a source may matter; `known` is the digest of imports that bring nothing."""
    imports = b"\n".join(import_statements(data))
    if known != digest(imports) if known else imported_words(imports).intersection(looked_for):
        return True
    return may_be_found(data, imports) or _has_any(data, asked_for)


def _has_any(data: bytes, patterns: Collection[bytes]) -> bool:
    """Tell whether a source has a text that was asked for, mostly there was none."""
    if not patterns:
        return False
    import re

    try:
        return any(re.search(pattern, data) for pattern in patterns)
    except re.error:
        return True


def _parse(data: bytes) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(decode(data), "", "exec", _AST, dont_inherit=True)
