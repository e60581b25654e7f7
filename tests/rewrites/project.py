"""A project in memory, and where its lines were before it was rewritten."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from fnmatch import fnmatch
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from flake8_bgtasks.settings import DEFAULT_TEST_PATTERNS
from tests.fixture_cases import Case, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Place = tuple[str, int]


@dataclass(frozen=True)
class Project:
    """The files of a case; `root` is the folder on `sys.path`, `""` or such as `"src"`."""

    files: dict[str, str]
    marks: frozenset[Mark]
    root: str = ""

    @classmethod
    def of(cls, case: Case) -> Project:
        files = {file: (case.folder / file).read_bytes().decode() for file in case.files}
        proof = json.loads((case.folder / "proof.json").read_bytes())
        root = proof.get("path", ".")
        return cls(files, case.marks, "" if root == "." else root)

    def modules(self) -> Iterator[tuple[str, ast.Module]]:
        """Yield the modules that are no tests, nor broken."""
        for path, source in self.files.items():
            name = basename(path)
            if not any(fnmatch(name, pattern) for pattern in DEFAULT_TEST_PATTERNS):
                yield path, ast.parse(source)

    def is_marked(self, path: str, node: ast.stmt) -> bool:
        """Tell whether a finding is expected in a statement."""
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        return any(mark.path == path and mark.line in lines for mark in self.marks)

    def sibling(self, path: str, name: str, level: int = 0) -> str:
        """Return how the module in `path` names another one in its folder, `level` folders down."""
        is_top = dirname(path) == self.root
        return name if is_top else "." * (level + 1) + name


@dataclass
class Rewritten:
    """New files, and for the lines that moved where they are now."""

    files: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    moved: dict[Place, Place] = field(default_factory=dict)

    def apply(self, project: Project) -> Project:
        files = {p: s for p, s in project.files.items() if p not in self.removed} | self.files
        marks = frozenset(
            Mark(*self.moved.get((mark.path, mark.line), (mark.path, mark.line)), mark.code)
            for mark in project.marks
        )
        return Project(files, marks, project.root)


def is_of_framework(node: ast.ImportFrom) -> bool:
    """Tell whether an import is from FastAPI or Starlette."""
    package = (node.module or "").partition(".")[0]
    return node.level == 0 and package in {"fastapi", "starlette"}


def replace(source: str, edits: Sequence[tuple[ast.expr | ast.stmt | ast.alias, str]]) -> str:
    """Replace nodes by texts; what takes fewer lines than before is filled up with empty ones."""
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node, text in sorted(edits, key=lambda e: (e[0].lineno, e[0].col_offset), reverse=True):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[node.end_lineno - 1] + node.end_col_offset
        filling = "\n" * (node.end_lineno - node.lineno - text.count("\n"))
        data = data[:first] + text.encode() + _rest(data[last:], filling)
    return data.decode()


def _rest(after: bytes, filling: str) -> bytes:
    """Put empty lines behind the line that something ends in."""
    line, newline, rest = after.partition(b"\n")
    return line + newline + filling.encode() + rest
