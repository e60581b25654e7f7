"""Which findings are shown: codes, `per-file-ignores`, `# noqa`, decided by flake8's own code."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from flake8_bgtasks.codes import OFF_BY_DEFAULT

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable

    from flake8.violation import Violation

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.paths import Paths
    from flake8_bgtasks.sources import Source

PLUGIN = "BGT"
INTERNAL_ERROR = "BGT901"


def select(
    findings: Iterable[Finding],
    options: SimpleNamespace,
    paths: Paths,
    source_of: Callable[[str], Source],
) -> list[Finding]:
    """Return the findings that are shown, sorted by path, line, column and code.

    `options` are those of the command line face.
    """
    return choose(findings, lambda: Selection(_flake8_options(options)), paths, source_of)


def choose(
    findings: Iterable[Finding],
    selection_of: Callable[[], Selection],
    paths: Paths,
    source_of: Callable[[str], Source],
) -> list[Finding]:
    """Return the findings that a selection, made only if there are any, lets through, sorted."""
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    if not by_path:
        return []
    selection = selection_of()
    shown: list[Finding] = []
    for path in sorted(by_path, key=paths.shown):
        kept = selection.keep(by_path[path], paths.shown(path), source_of(path))
        shown += sorted(kept, key=lambda finding: (finding.span, finding.code))
    return shown


class Selection:
    """Decides finding by finding."""

    def __init__(self, options: SimpleNamespace | Namespace) -> None:
        """`options` are flake8's."""
        from flake8.style_guide import StyleGuideManager

        self._noqa = not options.disable_noqa
        self._guides = StyleGuideManager(options, _NoFormatter())

    def keep(self, findings: Iterable[Finding], path: str, source: Source) -> list[Finding]:
        """Return the findings of one file that are shown; `path` is how flake8 would print it.

        An internal error is always shown: nobody can choose to have a healthy tool.
        """
        ignored = self._noqa and source.is_ignored
        return [
            finding
            for finding in findings
            if finding.code == INTERNAL_ERROR
            or (not ignored and self._is_shown(finding, path, source))
        ]

    def _is_shown(self, finding: Finding, path: str, source: Source) -> bool:
        shown = self._guides.handle_error(
            code=finding.code,
            filename=path,
            line_number=finding.span.line,
            column_number=finding.span.column - 1,
            text=finding.message,
            physical_line=source.noqa_text(finding.span.line) if self._noqa else "",
        )
        return bool(shown)


class _NoFormatter:
    """Stands where flake8 would print."""

    def handle(self, error: Violation) -> None:
        """Print nothing."""


def _flake8_options(options: SimpleNamespace) -> SimpleNamespace:
    def codes(name: str) -> list[str] | None:
        value = getattr(options, name)
        return None if value is None else list(value)

    return SimpleNamespace(
        select=codes("select"),
        extend_select=codes("extend_select"),
        ignore=codes("ignore"),
        extend_ignore=codes("extend_ignore"),
        per_file_ignores=options.per_file_ignores,
        disable_noqa=options.disable_noqa,
        extended_default_select=[PLUGIN],
        extended_default_ignore=[*OFF_BY_DEFAULT],
    )
