"""Files that have changed, but can't change a finding.

That is what the search for code that matters (`project.seeds`, `project.interest`) says of most
files at a glance; here it is asked again for a single file.
"""

from __future__ import annotations

import re

from flake8_bgtasks.cache.uses import CONSULTED, PARSED, digest
from flake8_bgtasks.project.imports import import_statements, imported_words
from flake8_bgtasks.project.seeds import may_be_found
from flake8_bgtasks.project.source import BadSource, decode, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


def growth(
    path: str,
    size: int,
    use: str,
    looked_for: Collection[bytes],
    asked_for: Collection[bytes],
) -> int | None:
    """Return by how many bytes a file has grown from `size`; None if it may matter now.

    `use` is how it was used before, `looked_for` the words of which one stands in all imports of
    something that matters, `asked_for` the patterns of which one is in all other files that matter.
    """
    if use == CONSULTED:
        return None
    try:
        data = read(path)
        if _may_matter(data, use[1:], looked_for, asked_for):
            return None
        if use.startswith(PARSED):
            _parse(data)
    except (BadSource, SyntaxError, ValueError, RecursionError, MemoryError, re.error):
        return None
    return len(data) - size


def _may_matter(
    data: bytes, known: str, looked_for: Collection[bytes], asked_for: Collection[bytes]
) -> bool:
    """Tell whether a source may matter; `known` is the digest of imports that bring nothing."""
    imports = b"\n".join(import_statements(data))
    if known != digest(imports) if known else imported_words(imports).intersection(looked_for):
        return True
    return may_be_found(data, imports) or any(re.search(text, data) for text in asked_for)


def _parse(data: bytes) -> None:
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(decode(data))
