"""The forms in which findings are printed, a module each."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.reporters.outcome import Outcome

LINES = ("text", "concise", "grouped", "github")
DOCUMENTS = ("json", "sarif", "gitlab", "junit", "rdjson", "html")
FORMATS = LINES + DOCUMENTS
"""The names of all formats; nothing may stand before or after the one document of `DOCUMENTS`."""

WITH_FIXES = ("json", "sarif", "rdjson", "html")
"""The formats that show the fixes of findings."""


def render(form: str, outcome: Outcome) -> Iterator[str]:
    """Yield the lines of a report, without line ends; `form` is one of `FORMATS`."""
    from importlib import import_module

    lines: Iterator[str] = import_module(f"{__name__}.{form}").render(outcome)
    return lines
