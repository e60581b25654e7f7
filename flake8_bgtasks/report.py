"""What a check returns."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from flake8_bgtasks.findings import Finding


class Report:
    """What a check found, before `select`, `ignore` and `# noqa` are applied.

    `files` counts the reported files, `parsed` those of the project that had to be parsed.
    """

    def __init__(self, findings: tuple[Finding, ...], files: int, parsed: int) -> None:
        """Keep what is given."""
        self.findings = findings
        self.files = files
        self.parsed = parsed

    @property
    def has_failed(self) -> bool:
        """Whether there was an error of our own."""
        return any(finding.code == "BGT901" for finding in self.findings)


class Reading:
    """What was read for a report.

    `states` are those of all files that could be read; the findings depend on the content of
    those that were `consulted`, and on the `imports` of others; `parsed` were only parsed. Of the
    rest it is known that no import has a word that was `looked_for`, and of all but the consulted
    that none has a text that was `asked_for`; `idle` are the bytes of what was not consulted.
    """

    def __init__(
        self,
        states: Mapping[str, tuple[int, int, int, int]],
        consulted: Set[str],
        imports: Mapping[str, bytes],
        parsed: Set[str],
        looked_for: Set[bytes],
        asked_for: Set[bytes],
        idle: int,
    ) -> None:
        """Keep what is given."""
        self.states = states
        self.consulted = consulted
        self.imports = imports
        self.parsed = parsed
        self.looked_for = looked_for
        self.asked_for = asked_for
        self.idle = idle


def internal_error(path: str, error: Exception) -> Finding:
    """Return the finding that tells of an error of our own."""
    from flake8_bgtasks.crash import describe
    from flake8_bgtasks.findings import Finding, Span

    return Finding(path, Span(1, 1, 1, 1), "BGT901", f"internal error: {describe(error)}")
