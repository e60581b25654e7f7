"""Whether changed files keep what a fix promised: they compile, findings are gone, none is new."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.document import line_starts
from flake8_bgtasks.project.source import BadSource, decode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.document import Change

    Key = tuple[str, str, int, int]


@dataclass(frozen=True)
class Rewritten:
    """A file with edits made: its text before, what changes in it, and its new content."""

    text: str
    changes: tuple[Change, ...]
    content: bytes


def problem(
    before: Iterable[Finding],
    after: Iterable[Finding],
    repaired: Collection[Finding],
    files: Mapping[str, Rewritten],
) -> str | None:
    """Return why changes are no good, None if they are.

    `before` and `after` are the findings of the whole project; those `repaired` have to be gone.
    """
    for path, file in files.items():
        error = _syntax_error(path, file.content)
        if error is not None:
            return error
    old, new = _Positions(files), _Positions(files, changed=True)
    gone = {old.key(finding) for finding in repaired}
    expected = {old.key(finding) for finding in before} - gone
    for finding in after:
        key = new.key(finding)
        place = f"{finding.code} at {finding.path}:{finding.span.line}"
        if key in gone:
            return f"it would leave {place}"
        if key not in expected:
            return f"it would cause {place}"
    return None


def _syntax_error(path: str, content: bytes) -> str | None:
    """Return why a file would not compile; nothing of it is run."""
    try:
        text = decode(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd escapes in the code
            compile(text, path, "exec", dont_inherit=True)
    except BadSource as error:
        return f"{path} would not parse: {error.message}"
    except (SyntaxError, ValueError, RecursionError) as error:
        return f"{path} would not parse: {error}"
    return None


class _Positions:
    """Where findings stand in the text as it is after the changes."""

    def __init__(self, files: Mapping[str, Rewritten], *, changed: bool = False) -> None:
        """`changed`: the findings are those of the changed files."""
        self._files = files
        self._changed = changed
        self._starts: dict[str, list[int]] = {}

    def key(self, finding: Finding) -> Key:
        """Return what tells a finding from others, in both states of the project."""
        file = self._files.get(finding.path)
        if file is None:
            return (finding.path, finding.code, finding.span.line, finding.span.column)
        offset = self._offset(finding, file)
        return (finding.path, finding.code, 0, offset if self._changed else _moved(offset, file))

    def _offset(self, finding: Finding, file: Rewritten) -> int:
        if finding.path not in self._starts:
            text = decode(file.content) if self._changed else file.text
            self._starts[finding.path] = line_starts(text)
        starts = self._starts[finding.path]
        return starts[min(finding.span.line, len(starts)) - 1] + finding.span.column - 1


def _moved(offset: int, file: Rewritten) -> int:
    """Return where the changes take an offset; what is replaced goes to where its place begins."""
    shift = 0
    for change in file.changes:
        if change.end <= offset:
            shift += len(change.text) - (change.end - change.start)
        elif change.start < offset:
            return change.start + shift
    return offset + shift
