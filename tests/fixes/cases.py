"""Fixture projects, repaired.

`after/` beside a fixture holds the project as `--fix --unsafe-fixes` leaves it; the marks of
expected findings are taken out before, since a repaired line would keep them.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flake8_bgtasks.repair import Job, propose
from flake8_bgtasks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.apply import Repaired
    from flake8_bgtasks.fixes.plans import Style
    from tests.fixture_cases import Case

    Sources = Mapping[str, bytes]

NOT_COPIED = shutil.ignore_patterns("after", "proof.json", "__pycache__")
_CODES = r"(?:[ \t]*\bBGT\d{3}\b,?)+[ \t]*(?=\r?$)"
_LONE_MARK = re.compile(rf"[ \t]*#{_CODES}".encode(), re.MULTILINE)
_MARK = re.compile(rf"(#[^\r\n]*?){_CODES}".encode(), re.MULTILINE)


def sources(folder: Path) -> dict[str, bytes]:
    """Return the Python files of a folder without marks, by their paths below it."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.py"))
        if not {"after", "__pycache__"} & set(path.relative_to(folder).parts)
    }
    return {name: without_marks(content) for name, content in files.items()}


def without_marks(source: bytes) -> bytes:
    return _MARK.sub(rb"\1", _LONE_MARK.sub(b"", source))


def repaired(
    folder: Path,
    files: Sources,
    fastapi_version: str | None = None,
    *,
    unsafe: bool = True,
    style: Style = "auto",
) -> tuple[dict[str, bytes], Repaired]:
    """Repair files as if they stood in a copy of `folder`; return them all, and what was done."""
    with TemporaryDirectory() as root:
        copy = shutil.copytree(folder, Path(root) / "project", ignore=NOT_COPIED)
        settings = Settings(fastapi_version)
        job = Job(copy, sorted(files), settings, ours, style, unsafe, dict(files))
        result = propose(job).repaired
    return {**files, **{file.path: file.new for file in result.files}}, result


def repaired_case(case: Case, files: Sources | None = None) -> tuple[dict[str, bytes], Repaired]:
    """Repair a fixture project, or `files` in its place."""
    return repaired(case.folder, files or sources(case.folder), case.fastapi_version)


def ours(findings: Sequence[Finding], _contents: Sources) -> list[Finding]:
    """Return what is a mistake of the project, not of its files."""
    return [finding for finding in findings if not finding.code.startswith("BGT9")]
