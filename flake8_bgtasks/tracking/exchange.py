"""The facts of a run: those that earlier ones left, and those that another process finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.tracking.recorded import Facts


class Exchange:
    """Keeps texts for keys, as long as anybody may ask for them."""

    def __init__(self, known: Facts | None = None) -> None:
        """`known` are the facts of earlier runs, if they are kept."""
        self._known = known
        self._own: dict[str, str] = {}
        self._told: dict[str, str] | None = None
        self._met: set[str] = set()

    def get(self, key: str) -> str | None:
        """Return the text of a key, None if there is none."""
        own = self._own.get(key)
        return self._known.get(key) if own is None and self._known is not None else own

    def wants(self, key: str) -> bool:
        """Return whether to `put` a text: if others ask for it, or the same code comes up again."""
        if self._known is not None or self._told is not None or key in self._met:
            return True
        self._met.add(key)
        return False

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        if self._told is not None:
            self._told[key] = text
        if self._known is not None:
            self._known.put(key, text)
        else:
            self._own[key] = text

    def tell(self, work: Callable[[], object]) -> str:
        """Do some work; return the facts that are found by it, for `hear` in another process."""
        self._told = {}
        work()
        return "\n".join(f"{key} {text}" for key, text in self._told.items())

    def hear(self, told: str) -> None:
        """Take over what another process tells."""
        for line in told.splitlines():
            key, _, text = line.partition(" ")
            self.put(key, text)
