"""What a command reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO


class Streams(Protocol):
    """The console of the command line."""

    @property
    def stdout(self) -> TextIO: ...
    @property
    def stderr(self) -> TextIO: ...
    @property
    def read_stdin(self) -> Callable[[], bytes]: ...
