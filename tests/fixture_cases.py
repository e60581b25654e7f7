"""The fixture projects below `tests/fixtures`, and the findings marked in them.

A case is `tests/fixtures/<CODE>/<bad|clean>_<what>/`: a small FastAPI project. A comment such as
`# BGT101` or `# BGT301 BGT302` ends each line where findings are expected. `proof.json` says what
real FastAPI does with the project; `after/`, where present, holds the repaired project.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

FIXTURES = Path(__file__).parent / "fixtures"
_MARK = re.compile(r"#.*?((?:\s*\bBGT\d{3}\b,?)+)\s*$")
_NOT_SOURCE = {"after", "__pycache__"}


class Mark(NamedTuple):
    """An expected finding: path relative to the case with `/`, line from 1."""

    path: str
    line: int
    code: str


@dataclass(frozen=True)
class Case:
    """One fixture project: the rule it belongs to, and its folder."""

    rule: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.rule}/{self.folder.name}"

    @property
    def is_bad(self) -> bool:
        return self.folder.name.startswith("bad_")

    @cached_property
    def fastapi_version(self) -> str | None:
        """The FastAPI release that the case is about, as its `proof.json` says; None = newest."""
        proof = self.folder / "proof.json"
        if not proof.is_file():
            return None
        version: str | None = json.loads(proof.read_bytes()).get("fastapi_version")
        return version

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The Python files, relative to the folder with `/`."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob("*.py"))
        return tuple(sorted(p.as_posix() for p in paths if not _NOT_SOURCE & set(p.parts)))

    @cached_property
    def marks(self) -> frozenset[Mark]:
        return frozenset(mark for file in self.files for mark in self._marks_in(file))

    @property
    def spans_modules(self) -> bool:
        """Whether more than one module holds code, re-exports and empty files left aside."""
        return sum(not file.endswith("__init__.py") for file in self.files) > 1

    def _marks_in(self, file: str) -> list[Mark]:
        text = (self.folder / file).read_bytes().decode("utf-8", "replace")
        marked = ((n, _MARK.search(line)) for n, line in enumerate(text.split("\n"), start=1))
        return [
            Mark(file, number, code)
            for number, match in marked
            if match
            for code in re.findall(r"BGT\d{3}", match[1])
        ]


def all_cases() -> list[Case]:
    """Every case, sorted by rule and name."""
    folders = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())
    return [Case(path.parent.name, path) for path in folders if path.name not in _NOT_SOURCE]
