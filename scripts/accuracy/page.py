"""The sections of `docs/accuracy.md`: each is measured, and written, alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

HEAD = """\
# Accuracy

How much is found, and repaired, of mistakes that are known. `python -m scripts.accuracy` writes
all of this page, and `python -m scripts.accuracy <section>` one section of it.
"""


@dataclass(frozen=True)
class Measured:
    """The text of a section, the options that it was measured with, and what went wrong."""

    text: str
    options: str
    failures: Sequence[str] = ()


@dataclass(frozen=True)
class Section:
    """`name` is said on the command line."""

    name: str
    title: str
    measure: Callable[[Namespace], Measured]


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
