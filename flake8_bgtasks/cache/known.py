"""The facts of a project's statements, as the last run left them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_bgtasks.cache.storage import Storage

KIND = "facts"


class KnownFacts:
    """Texts by key: those of the last run that this one asks for as well, and those it adds."""

    def __init__(self, storage: Storage, key: tuple[str, ...]) -> None:
        """`key` names the project; they are loaded when one is asked for."""
        self._storage = storage
        self._key = key
        self._used: dict[str, str] = {}
        self._has_new = False

    @cached_property
    def _before(self) -> dict[str, str]:
        lines = self._storage.load(KIND, self._key) or []
        return dict(line.split(" ", 1) for line in lines if " " in line)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not self._before

    def get(self, key: str) -> str | None:
        """Return the text of a key, None if there is none."""
        text = self._used.get(key)
        if text is None and key in self._before:
            text = self._used[key] = self._before[key]
        return text

    def put(self, key: str, text: str) -> None:
        """Keep a text for the next run."""
        self._used[key] = text
        self._has_new = True

    def save(self) -> None:
        """Write what was used, if any of it is new."""
        if self._has_new:
            lines = [f"{key} {text}" for key, text in self._used.items()]
            self._storage.save(KIND, self._key, lines)
