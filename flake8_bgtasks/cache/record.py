"""A report on disk, and whether it still holds."""

from __future__ import annotations

import os

from flake8_bgtasks.cache.signatures import LINES, Signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.report import Report

KIND = "report"
VALUES = 7
"""Lines before those for files."""

NONE: Mapping[str, bytes] = {}
MANY = 20
"""So many changed files are not looked at one by one."""

DAMAGED = (ValueError, IndexError, TypeError, KeyError, AttributeError, RecursionError)
"""What a damaged record may raise."""


class Record:
    """The lines of a record, taken apart. Raises one of `DAMAGED` for damaged ones."""

    def __init__(self, lines: Sequence[str]) -> None:
        """`stamp` changes with the findings, `surroundings` tells of files that are not read."""
        values, packed = lines[:VALUES], lines[VALUES:]
        self.stamp, self._report, self.surroundings, idle, self._words, self._asked, uses = values
        self._idle, self._uses = int(idle), uses
        self._watched, self._files = Signed(packed[:LINES]), Signed(packed[LINES:])

    @property
    def paths(self) -> list[str]:
        """The files of the project."""
        return self._files.paths

    def holds(
        self, root: str, overlays: Mapping[str, bytes] = NONE, *, overlooks: bool = True
    ) -> bool:
        """Tell whether all files are what they were; `overlays` stands for other content of some.

        With `overlooks`, also if they have changed where it does not matter: as the record says.
        """
        if self._watched.changed():
            return False
        prefix = "" if root == os.getcwd() else f"{root}{os.sep}"  # which takes a quarter longer
        different = self._files.changed(prefix)
        if overlays:
            different = sorted({*different, *map(self.paths.index, overlays)})
        few = overlooks and len(different) < MANY
        return not different or (few and self._can_overlook(root, different, overlays))

    def _can_overlook(
        self, root: str, indices: Sequence[int], overlays: Mapping[str, bytes]
    ) -> bool:
        from flake8_bgtasks.cache.overlooking import growth
        from flake8_bgtasks.project.source import SYNTAX_BUDGET

        if "BGT900" in self._report:  # it depends on how much there is whether files are parsed
            return False
        words = frozenset(self._words.encode("utf-8", "surrogateescape").split())
        asked = _from_json(self._asked)
        paths, uses = self.paths, self._uses.split(" ")
        idle = self._idle
        for index in indices:
            path, size = paths[index], self._files.size(index)
            data = overlays.get(path) if path in overlays else _content(root, path)
            if data is None or size is None:
                return False
            grown = growth(data, size, uses[index], words, asked)
            if grown is None:
                return False
            idle += grown
        return (idle <= SYNTAX_BUDGET) == (self._idle <= SYNTAX_BUDGET)

    def report(self) -> Report:
        """Return the report. Raises one of `DAMAGED` for a damaged one."""
        report = _decoded(self._report)
        named = {path for finding in report.findings for path in _named(finding)}
        if not named.issubset(self.paths):
            raise ValueError(self._report)
        return report


def _content(root: str, path: str) -> bytes | None:
    from flake8_bgtasks.project.source import BadSource, read

    try:
        return read(os.path.join(root, path))
    except BadSource:
        return None


def not_on_disk(root: str, overlays: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the overlays that hold something else than the files that they stand for."""
    return {path: data for path, data in overlays.items() if data != _content(root, path)}


def _from_json(text: str) -> list[bytes]:
    """Return the patterns. Raises ValueError, TypeError or AttributeError for a damaged record."""
    if text == "[]":  # as nearly always; `json` is slow to import
        return []
    import json

    return [pattern.encode("latin-1") for pattern in json.loads(text)]


def _decoded(text: str) -> Report:
    from flake8_bgtasks.report import Report

    if text.startswith("[[], "):
        files, parsed = map(int, text[5:-1].split(", "))
        return Report((), files, parsed)
    import json

    from flake8_bgtasks.findings import from_values

    findings, files, parsed = json.loads(text)
    return Report(tuple(map(from_values, findings)), int(files), int(parsed))


def _named(finding: Finding) -> Iterator[str]:
    yield finding.path
    yield from (related.path for related in finding.related)
    yield from (edit.path for edit in (finding.fix.edits if finding.fix else ()))
