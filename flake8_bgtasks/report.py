"""What a check returns."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
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
