"""A list of known findings, so that only new ones are reported.

A finding is known by its file, its code and the text of its line, and so moves with its line. Of
findings that are the same in all three, as many are known as the list counts.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.fingerprints import Key, key_of
from flake8_bgtasks.project.source import BadSource, read
from flake8_bgtasks.writing import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.sources import Source

VERSION = 1
ALWAYS_NEW = "BGT901"


def read_baseline(path: str) -> Mapping[Key, int]:
    """Return how many findings of each key are known.

    The file holds `{"version": 1, "findings": {path: {code: {line: count}}}}`, paths relative to
    the project root. Raises UsageError if it can't be read, or holds anything else.
    """
    try:
        document = json.loads(read(path))
        if document["version"] != VERSION:
            raise UsageError(f"{path}: a baseline of version {document['version']!r}, not 1")
        return {
            Key(name, code, line): _count(count)
            for name, codes in document["findings"].items()
            for code, lines in codes.items()
            for line, count in lines.items()
        }
    except BadSource as error:
        reason = error.message.removeprefix("can't read the file: ")
        raise UsageError(f"can't read the baseline {path}: {reason}") from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not a baseline; --write-baseline writes one") from error


def write_baseline(
    path: str, findings: Iterable[Finding], source_of: Callable[[str], Source]
) -> None:
    """Write the list of these findings. Raises UsageError if that can't be done."""
    known = Counter(key_of(f, source_of) for f in findings if f.code != ALWAYS_NEW)
    tree: dict[str, dict[str, dict[str, int]]] = {}
    for key in sorted(known):
        tree.setdefault(key.path, {}).setdefault(key.code, {})[key.line] = known[key]
    text = json.dumps({"version": VERSION, "findings": tree}, indent=2)
    try:
        replace_file(path, f"{text}\n".encode())
    except OSError as error:
        raise UsageError(f"can't write the baseline {path}: {error.strerror}") from error


def not_listed(
    findings: Iterable[Finding], path: str | None, source_of: Callable[[str], Source]
) -> list[Finding]:
    """Return the findings that a baseline, if there is one, does not list. Raises UsageError."""
    return only_new(findings, read_baseline(path), source_of) if path else list(findings)


def only_new(
    findings: Iterable[Finding], known: Mapping[Key, int], source_of: Callable[[str], Source]
) -> list[Finding]:
    """Return the findings that are not known."""
    left = Counter(known)
    new = []
    for finding in findings:
        key = key_of(finding, source_of) if finding.code != ALWAYS_NEW else None
        if key is not None and left[key] > 0:
            left[key] -= 1
        else:
            new.append(finding)
    return new


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(value)
    return value
