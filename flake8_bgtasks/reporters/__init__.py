"""The forms in which findings are printed, a module each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.reporters.outcome import Outcome

FORMATS = ("text", "json", "github")


def render(form: str, outcome: Outcome) -> Iterator[str]:
    """Yield the lines of a report, without line ends; `form` is one of `FORMATS`."""
    lines: Iterator[str] = import_module(f"{__name__}.{form}").render(outcome)
    return lines
