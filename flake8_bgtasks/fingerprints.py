"""What identifies a finding when lines move: its file, its code, and the text of its line."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.sources import Source


class Key(NamedTuple):
    """Equal for all findings of a code on lines that read the same in one file."""

    path: str
    code: str
    line: str


def key_of(finding: Finding, source_of: Callable[[str], Source]) -> Key:
    """Return the key of a finding; blanks around and within its line don't count."""
    line = source_of(finding.path).line(finding.span.line)
    return Key(finding.path, finding.code, " ".join(line.split()))


def fingerprints(
    findings: Iterable[Finding], source_of: Callable[[str], Source]
) -> Iterator[tuple[Finding, str]]:
    """Yield each finding with a fingerprint of 32 hexadecimal digits, all different."""
    seen: Counter[Key] = Counter()
    for finding in findings:
        key = key_of(finding, source_of)
        seen[key] += 1
        text = "\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass")
        yield finding, hashlib.sha256(text).hexdigest()[:32]
