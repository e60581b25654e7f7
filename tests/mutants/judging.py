"""What the tool makes of a mutant: found, repaired, equal to the code that was right."""

from __future__ import annotations

import ast
import io
import tokenize
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.engine import check
from flake8_bgtasks.rules import RULES
from flake8_bgtasks.settings import Settings
from tests.fixes.cases import repaired, sources
from tests.fixture_cases import all_cases
from tests.mutants.operators import OPERATORS
from tests.mutants.text import Text, needing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    Sources = Mapping[str, bytes]

_NOT_FIXED = {rule.code for rule in RULES if rule.fix == "none"}


@dataclass(frozen=True)
class Project:
    """Files that are right, and the folder that they stand in."""

    name: str
    folder: Path
    files: Sources
    fastapi_version: str | None = None


@dataclass(frozen=True)
class Mutant:
    """A project with one mistake; `codes` name it."""

    project: Project
    operator: str
    codes: tuple[str, ...]
    path: str
    line: int
    source: str

    def __str__(self) -> str:
        return f"{self.project.name}/{self.path}:{self.line} {self.operator}"


def fixture_projects() -> Iterator[Project]:
    """Yield the clean fixtures, and those that are repaired."""
    for case in all_cases():
        folder = case.folder / "after" if case.is_bad else case.folder
        if folder.is_dir() and case.fastapi_version is None:
            yield Project(str(case), folder, sources(folder))


def sample(projects: Iterable[Project], every: int) -> Iterator[Mutant]:
    """Yield one in `every` of the mutants of projects, always the same ones."""
    for project in projects:
        chosen = [m for m in mutants(project) if zlib.crc32(str(m).encode()) % every == 0]
        if chosen and not _findings(project):
            yield from chosen


def _findings(project: Project) -> int:
    """Return how many findings there are before anything is changed: no mutant tells then."""
    _, result = repaired(project.folder, project.files, project.fastapi_version)
    return result.fixed + len(result.examined.report.findings)


def mutants(project: Project) -> Iterator[Mutant]:
    """Yield the mutants of a project, each of which can be compiled."""
    ours = [content for content in project.files.values() if content.isascii()]
    helpers = needing(map(ast.parse, ours))
    for path, content in sorted(project.files.items()):
        if not content.isascii() or b"BackgroundTasks" not in content or _is_test(path):
            continue
        text = Text(content.decode(), helpers)
        for operator, codes in OPERATORS.items():
            for source, line in operator(text):
                try:
                    ast.parse(source)
                except SyntaxError:
                    continue
                yield Mutant(project, operator.__name__, codes, path, line, source)


def _is_test(path: str) -> bool:
    """Return whether a file holds tests, in which little is reported."""
    return "tests/" in path or "test_" in path


@dataclass
class Tally:
    """Counts by operator; `remarks` name what was missed, refused, or came out differently.

    `besides` counts the codes that name something else, `different` are the files that were
    repaired in another way than they were before.
    """

    projects: int = 0
    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    besides: dict[str, Counter[str]] = field(default_factory=partial(defaultdict, Counter))
    different: list[tuple[Mutant, Sources]] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=partial(defaultdict, list))

    def include(self, other: Tally) -> None:
        self.projects += other.projects
        for mine, others in zip(self._counters, other._counters, strict=True):
            mine.update(others)
        self.different += other.different
        for name, codes in other.besides.items():
            self.besides[name].update(codes)
        for kind, remarks in other.remarks.items():
            self.remarks[kind] += remarks

    @property
    def _counters(self) -> tuple[Counter[str], ...]:
        return self.made, self.found, self.repaired, self.same

    def add(self, mutant: Mutant) -> None:
        """Judge a mutant.

        Raises AssertionError where a second run changes something, or comments are lost.
        """
        self.made[mutant.operator] += 1
        project = mutant.project
        before = {**project.files, mutant.path: mutant.source.encode()}
        if not self._is_found(mutant, _codes(project, before)):
            return
        files, result = repaired(project.folder, before, project.fastapi_version)
        left = {f.code for f in result.examined.report.findings} & {*mutant.codes}
        if left - _NOT_FIXED:
            reasons = [reason for _, reason in result.refused]
            self.remarks["refused"].append(f"{mutant}: {'; '.join(reasons)}")
        if left:
            return
        self.repaired[mutant.operator] += 1
        again, _ = repaired(project.folder, files, project.fastapi_version)
        assert again == files, f"{mutant}: a second run changes something"
        _check_comments(mutant, before, files)
        if all(meaning(files[name]) == meaning(project.files[name]) for name in files):
            self.same[mutant.operator] += 1
            return
        self.remarks["different"].append(str(mutant))
        self.different.append((mutant, files))

    def _is_found(self, mutant: Mutant, codes: set[str]) -> bool:
        """Count what is reported; return whether the mistake is among it."""
        self.besides[mutant.operator].update(codes - {*mutant.codes})
        if not codes:
            self.remarks["missed"].append(str(mutant))
        elif codes.isdisjoint(mutant.codes):
            self.remarks["named otherwise"].append(str(mutant))
        else:
            self.found[mutant.operator] += 1
            return True
        return False


def _codes(project: Project, files: Sources) -> set[str]:
    """Return the codes that are reported for a project with some files."""
    names, settings = sorted(files), Settings(project.fastapi_version)
    report = check(project.folder, names, names, settings, files)
    return {finding.code for finding in report.findings}


def _check_comments(mutant: Mutant, before: Sources, after: Sources) -> None:
    for name, content in before.items():
        lost = _comments(content) - _comments(after[name])
        assert not lost, f"{mutant}: lost {lost}"


def _comments(content: bytes) -> Counter[str]:
    tokens = tokenize.tokenize(io.BytesIO(content).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def meaning(content: bytes) -> str:
    """Return what does not depend on layout, on the order of imports, or of keywords."""
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords.sort(key=lambda keyword: keyword.arg or "")
    imports: set[str] = set()
    for node in list(tree.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            tree.body.remove(node)
            head = f"{'.' * getattr(node, 'level', 0)}{getattr(node, 'module', '')}"
            imports |= {f"{head} {ast.unparse(alias)}" for alias in node.names}
    return f"{sorted(imports)} {ast.dump(tree)}"
