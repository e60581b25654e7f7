"""Whole trees of other people's code, however odd."""

from __future__ import annotations

import re
import sysconfig
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from scripts.reliability.measure import COLUMNS, columns, failure, run_on
from scripts.reliability.sections import Measured, Section, table

if TYPE_CHECKING:
    from scripts.reliability.sections import Amounts

TREES = (Path(sysconfig.get_path("stdlib")) / "test", Path(sysconfig.get_path("purelib")))


def _measure(amounts: Amounts) -> Measured:
    runs = [(tree, run_on(tree)) for tree in amounts.trees]
    failures = [said for tree, run in runs for said in failure(str(tree), run)]
    rows = [(tree.name, *columns(run)) for tree, run in runs]
    mattering = [Mattering(tree) for tree in amounts.trees]
    for one in mattering:
        one.check(amounts.projects or 10_000)
        failures += one.errors
    text = _INTRODUCTION + table(("tree", *COLUMNS), rows) + _MATTERING
    head = (
        "tree",
        "files",
        "not parsed (BGT900)",
        "findings",
        "errors of the tool",
        "slowest file",
    )
    return Measured(text + table(head, [one.row() for one in mattering]), failures)


class Mattering:
    """Checks files of a tree, each alone, as if they were about background tasks."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        self._files = 0
        self._found: Counter[str] = Counter()
        self._slowest = 0.0
        self.errors: list[str] = []

    def check(self, limit: int) -> None:
        """Check so many files, spread over the tree."""
        paths = sorted(self._tree.rglob("*.py"))
        for path in paths[:: max(1, -(-len(paths) // limit))]:
            if path.is_file():
                self._check(path)

    def _check(self, path: Path) -> None:
        source = mattering(path.read_bytes())
        started = time.process_time()
        report = check(path.parent, [path.name], [path.name], _SETTINGS, {path.name: source})
        self._slowest = max(self._slowest, time.process_time() - started)
        self._files += 1
        self._found.update(finding.code for finding in report.findings)
        failed = [finding for finding in report.findings if finding.code == "BGT901"]
        self.errors += [f"{path}: {finding.message}" for finding in failed]

    def row(self) -> tuple[object, ...]:
        """Return a row of the table."""
        broken, errors = self._found["BGT900"], len(self.errors)
        findings = self._found.total() - broken - errors
        return self._tree.name, self._files, broken, findings, errors, f"{self._slowest:.1f} s"


def mattering(source: bytes) -> bytes:
    """Return a source whose every class and method has to do with background tasks."""
    for common, ours in _WORDS.items():
        source = re.sub(rb"\b%s\b" % common, ours, source)
    return source + b"\nfrom fastapi import BackgroundTasks\n"


_SETTINGS = Settings("0.115.0")
_WORDS = {b"self": b"BackgroundTasks", b"append": b"add_task", b"assertEqual": b"add_task"}
_INTRODUCTION = """\
Python's own tests, with all their broken and odd files, and an environment's installed packages.

"""
_MATTERING = """
Hardly any of these files has to do with FastAPI, so they are passed over at a glance. Here `self`
is called `BackgroundTasks` in each of them, and `append` `add_task`: all of it is followed.

"""
SECTION = Section("trees", "Whole trees", _measure)
