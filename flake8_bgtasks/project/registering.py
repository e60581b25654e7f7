"""Whether code seems to hand a function to the framework, told from its text."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORDS = (
    *("Depends", "Security", "dependencies", "oute", "handler", "add_middleware"),
    *("lifespan", "on_startup", "on_shutdown"),
)
"""To look for one of these first is many times faster than the pattern."""

_REGISTERS = re.compile(
    r"\b(?:Depends|Security|dependencies|add_\w*route|add_\w*handler|add_middleware|(?:API)?(?:WebSocket)?Route"
    r"|lifespan|on_startup|on_shutdown|exception_handlers)\b"
)
_BEFORE = re.compile(r"(?:=\s*|\)\s*(?P<called>\()\s*|^[ \t]*(?P<at>@))(?:\w+\.)*\Z", re.MULTILINE)
_ARGUMENT, _ONLY_ARGUMENT = re.compile(r"\s*[,)]"), re.compile(r"\s*\)")
_WORD = re.compile(r"\b")
_FAR = 200
"""So many characters before a name tell what is done with it."""


class Registering:
    """Tells of one piece of code; nothing is looked for twice."""

    def __init__(self, code: Callable[[], str]) -> None:
        """`code` is asked for when it is needed."""
        self._source = code
        self._given: dict[str, bool] = {}

    def may_register(self, names: Iterable[str]) -> bool:
        """Return whether one of some functions seems to be handed on, or to decorate something.

        A function of a module goes by `module.name`.
        """
        return self._registers or any(self._is_given(name.rpartition(".")[2]) for name in names)

    @cached_property
    def has_websockets(self) -> bool:
        return "websocket" in self._code.lower()

    @cached_property
    def _code(self) -> str:
        return self._source()

    @cached_property
    def _registers(self) -> bool:
        code = self._code
        return any(word in code for word in _WORDS) and _REGISTERS.search(code) is not None

    def _is_given(self, name: str) -> bool:
        if name not in self._given:
            self._given[name] = _is_given(self._code, name)
        return self._given[name]


def _is_given(code: str, name: str) -> bool:
    start = code.find(name)
    while start >= 0:
        end = start + len(name)
        before = _BEFORE.search(code[max(0, start - _FAR) : start])
        if before is not None:
            after = _WORD if before["at"] else _ONLY_ARGUMENT if before["called"] else _ARGUMENT
            if after.match(code, end):
                return True
        start = code.find(name, end)
    return False
