"""Whole trees of other people's code, however odd."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.reliability.measure import COLUMNS, columns, failure, run_on
from scripts.reliability.sections import Measured, Section, table

if TYPE_CHECKING:
    from scripts.reliability.sections import Amounts

TREES = (Path(sysconfig.get_path("stdlib")) / "test", Path(sysconfig.get_path("purelib")))


def _measure(amounts: Amounts) -> Measured:
    runs = [(tree, run_on(tree)) for tree in amounts.trees]
    failures = [said for tree, run in runs for said in failure(str(tree), run)]
    rows = [(tree.name, *columns(run)) for tree, run in runs]
    return Measured(_INTRODUCTION + table(("tree", *COLUMNS), rows), failures)


_INTRODUCTION = """\
Python's own tests, with all their broken and odd files, and an environment's installed packages.

"""
SECTION = Section("trees", "Whole trees", _measure)
