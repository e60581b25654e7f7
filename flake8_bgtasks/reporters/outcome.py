"""What a reporter prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.paths import Paths
    from flake8_bgtasks.sources import Source


@dataclass(frozen=True)
class Outcome:
    """The findings that are shown, in order, and what is needed to show them.

    `files` and `parsed` are the counts of the report, `fixed` counts findings that were repaired
    before, `elapsed` seconds; `source_of` gives
    the source of a finding's path.
    """

    findings: tuple[Finding, ...]
    files: int
    parsed: int
    elapsed: float
    paths: Paths
    source_of: Callable[[str], Source]
    color: bool = False
    show_source: bool = False
    show_fixes: bool = False
    statistics: bool = False
    fixed: int = 0
