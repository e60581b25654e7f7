"""A fix as a diff that a person reads."""

from __future__ import annotations

from difflib import unified_diff
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flake8_bgtasks.findings import Edit, Fix
    from flake8_bgtasks.reporters.outcome import Outcome


def changed_files(fix: Fix, outcome: Outcome) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield path, lines before and lines after of each file that a fix changes."""
    for path in dict.fromkeys(edit.path for edit in fix.edits):
        before = list(outcome.source_of(path).lines)
        yield path, before, edited(before, [edit for edit in fix.edits if edit.path == path])


def diff(fix: Fix, outcome: Outcome, context: int = 1) -> Iterator[str]:
    """Yield the lines of a unified diff, without line ends, as they stand in the source."""
    for path, before, after in changed_files(fix, outcome):
        name = outcome.paths.relative(path)
        for line in unified_diff(before, after, name, name, n=context, lineterm=""):
            yield line.removesuffix("\n")


def edited(lines: Sequence[str], edits: Iterable[Edit]) -> list[str]:
    """Return the lines after edits that do not overlap."""
    text = "".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(line: int, column: int) -> int:
        return min(starts[min(line, len(starts)) - 1] + column - 1, len(text))

    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        span = edit.span
        start, end = offset(span.line, span.column), offset(span.end_line, span.end_column)
        text = text[:start] + edit.text + text[end:]
    return StringIO(text).readlines()
