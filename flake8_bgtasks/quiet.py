"""Python's opinion of the code that it parses for us, which nobody has asked for."""

from __future__ import annotations

import warnings
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_warnings() -> Iterator[None]:
    """Keep Python from warning about odd escapes and the like, in the words of the code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
