"""Taking a project as it is: its findings go to a baseline, or into `# noqa` comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.noqa import CannotAnnotateError, annotated
from flake8_bgtasks.project.source import BadSource, read
from flake8_bgtasks.terminal import printable
from flake8_bgtasks.writing import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.paths import Paths
    from flake8_bgtasks.sources import Source

NOT_IGNORABLE = ("BGT900", "BGT901")


def record(
    path: str, findings: Sequence[Finding], source_of: Callable[[str], Source]
) -> Iterator[str]:
    """Write a baseline, and yield what to tell. Raises UsageError."""
    from flake8_bgtasks.baseline import write_baseline

    write_baseline(path, findings, source_of)
    yield f"{counted(len(findings), 'finding')} written to {printable(path)}"


def add_noqa(findings: Iterable[Finding], paths: Paths) -> Iterator[str]:
    """Write `# noqa` comments to the files of findings, and yield what to tell."""
    by_path: dict[str, dict[int, set[str]]] = {}
    for finding in findings:
        if finding.code not in NOT_IGNORABLE:
            lines = by_path.setdefault(finding.path, {})
            lines.setdefault(finding.span.line, set()).add(finding.code)
    done = 0
    for path, codes in by_path.items():
        reason = _annotate(paths.absolute(path), codes, paths.root)
        if reason:
            yield f"{printable(paths.shown(path))}: left as it is: {reason}"
        else:
            done += 1
    yield f"comments written to {counted(done, 'file')}"


def counted(number: int, noun: str) -> str:
    """Return such as `1 file` or `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _annotate(path: str, codes: dict[int, set[str]], root: str) -> str:
    """Write comments to one file; return why that can't be done, else nothing."""
    try:
        replace_file(path, annotated(read(path), codes), root)
    except (BadSource, CannotAnnotateError) as error:
        return str(error)
    except OSError as error:
        return f"can't write it: {error.strerror}"
    return ""
