"""Where words stand in a project: each fix asks for several, in all files."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.tracking.program import Program

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_FEW = 50
"""So many searches take as long as an index of all words."""


def words_of(data: bytes) -> set[str]:
    """Return the words of a text."""
    return {word.decode("utf-8", "replace") for word in _raw_words(data)}


def _raw_words(data: bytes) -> set[bytes]:
    return set(_WORD.findall(data))


class Words:
    """Searches the files of a program, whose contents don't change meanwhile."""

    def __init__(self, program: Program) -> None:
        self._files = program.files
        self._paths = sorted(program.all_paths)
        self._contents: dict[str, bytes] = {}
        self._words: dict[str, set[str]] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        self._containing: dict[bytes, frozenset[str]] = {}

    def content(self, path: str) -> bytes:
        """Return the bytes of a file, which is read once."""
        if path not in self._contents:
            self._contents[path] = self._files.content(path)
        return self._contents[path]

    def of(self, path: str) -> set[str]:
        """Return the words in a file."""
        if path not in self._words:
            self._words[path] = words_of(self.content(path))
        return self._words[path]

    def files_with(self, words: Collection[str]) -> list[str]:
        """Return the files in which one of some words stands, sorted."""
        return sorted({path for word in words for path in self._having(word)})

    def _having(self, word: str) -> tuple[str, ...]:
        if word not in self._found:
            many = len(self._found) >= _FEW
            found = (
                self._index.get(word.encode(errors="surrogatepass"), ())
                if many
                else self._searched(word)
            )
            self._found[word] = tuple(found)
        return self._found[word]

    def _searched(self, word: str) -> list[str]:
        text = word.encode(errors="surrogatepass")
        return [p for p in self._paths if text in self.content(p) and word in self.of(p)]

    @cached_property
    def _index(self) -> dict[bytes, list[str]]:
        found: dict[bytes, list[str]] = {}
        for path in self._paths:
            for word in _raw_words(self.content(path)):
                found.setdefault(word, []).append(path)
        return found

    def files_containing(self, text: bytes) -> frozenset[str]:
        """Return the files in which a text stands, be it within a word."""
        if text not in self._containing:
            found = (path for path in self._paths if text in self.content(path))
            self._containing[text] = frozenset(found)
        return self._containing[text]
