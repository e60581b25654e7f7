"""Whether a file that is not part of the program may mean something of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.\x80-\xff]+)[ \t]+)?import[ \t(]+(\([^)]*(?:\)|\Z)|[^#\r\n]*)",
    re.MULTILINE,
)
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.", re.MULTILINE)
_BY_NAME = frozenset({"__import__", "import_module", "run_module", "getattr", "eval", "exec"})


def may_mean(
    data: bytes, names: Collection[str], modules: Callable[[], Collection[str]], *, member: bool
) -> bool:
    """Return whether a file may get at what goes by one of `names`.

    That takes an import of one of the `modules` that hold the name; a `member` of a class can be
    reached through any object.
    """
    words = words_of(data)
    if words.isdisjoint(names):
        return False
    if not words.isdisjoint(_BY_NAME):
        return True
    if member:
        return any(
            re.search(rb"\.\s*" + re.escape(n.encode(errors="surrogatepass")) + rb"\b", data)
            for n in names
        )
    return bool(_RELATIVE.search(data)) or not _imported(data).isdisjoint(modules())


def _imported(data: bytes) -> set[str]:
    """Return all words that stand in the import statements of a file."""
    return {word for parts in _IMPORT.findall(data) for part in parts for word in words_of(part)}
