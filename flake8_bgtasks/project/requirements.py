"""What requirement files and other lists of requirements say about FastAPI's release."""

from __future__ import annotations

import codecs
import glob
import os
import re
from typing import TYPE_CHECKING

from flake8_bgtasks.project.roots import is_within
from flake8_bgtasks.project.source import BadSource, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.project.releases import Alternatives

PATTERNS = ("requirements*.txt", os.path.join("requirements", "*.txt"))
FASTAPI = re.compile(r"\s*fastapi\b", re.IGNORECASE)
COMMENT = re.compile(r"(?:^|\s)#.*")
LINE_CONTINUATION = re.compile(r"\\\r?\n")
PIP_OPTION = re.compile(r"\s--?[a-z].*")
INCLUDE = re.compile(r"\s*(?:-r|-c|--requirement|--constraint)[\s=]*(.+)")


def required(folder: str, root: str) -> list[Alternatives]:
    """Return what the requirement files of a folder demand; those they include count too."""
    return parse(line for _, lines in _files(folder, root) for line in lines)


def requirement_files(folder: str) -> list[str]:
    """Return the requirement files of a folder, without those that they include."""
    escaped = glob.escape(folder)
    return sorted(path for name in PATTERNS for path in glob.glob(os.path.join(escaped, name)))


def consulted(folder: str, root: str) -> list[str]:
    """Return the files that `required` reads."""
    return [path for path, _ in _files(folder, root)]


def parse(lines: Iterable[str]) -> list[Alternatives]:
    """Parse what requirements (PEP 508) say about FastAPI; one without a version says nothing."""
    found: list[Alternatives] = []
    for line in lines:
        if not FASTAPI.match(line):
            continue
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            requirement = Requirement(line.strip())
        except InvalidRequirement:
            continue
        if requirement.name.lower() == "fastapi" and requirement.specifier:
            found.append([requirement.specifier])
    return found


def _files(folder: str, root: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the requirement files, and those that they include from below `root`, with lines."""
    pending = requirement_files(folder)
    seen: set[str] = set()
    inside = os.path.realpath(root)
    while pending:
        path = os.path.realpath(pending.pop())
        if path in seen or not is_within(path, inside):
            continue
        seen.add(path)
        lines = _logical_lines(path)
        for include in filter(None, map(INCLUDE.match, lines)):
            name = include[1].strip().strip("\"'").replace("\0", "")
            pending.append(os.path.join(os.path.dirname(path), name))
        yield path, [PIP_OPTION.sub("", line) for line in lines if not INCLUDE.match(line)]


def _logical_lines(path: str) -> list[str]:
    try:
        text = _decoded(read(path))
    except BadSource:
        return []
    return [COMMENT.sub("", line) for line in LINE_CONTINUATION.sub(" ", text).splitlines()]


def _decoded(data: bytes) -> str:
    """Decode as pip does: `pip freeze > requirements.txt` writes UTF-16 in Windows PowerShell."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")
