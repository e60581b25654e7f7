"""Mistakes put into code that is right: the fixtures, and real modules with injected tasks."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.accuracy.page import Measured, Section, percent
from scripts.parallel import each
from scripts.reliability.sections import table
from tests.mutants.__main__ import judge, real_modules
from tests.mutants.judging import Tally, fixture_projects, sample
from tests.mutants.known import NOT_REPORTED
from tests.mutants.operators import OPERATORS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from tests.mutants.judging import Project

_HEAD = (
    *("mistake", "codes", "made", "found", "recall", "other codes besides"),
    *("repaired", "as it was"),
)


def _fixtures(options: Namespace) -> Measured:
    return _measured(list(fixture_projects()), options, _FIXTURES)


def _real(options: Namespace) -> Measured:
    with tempfile.TemporaryDirectory() as empty:
        trees = sorted(tree for tree in options.trees if tree.is_dir())
        modules = [module for tree in trees for module in real_modules(tree, Path(empty))]
        return _measured(modules, options, _REAL)


def _measured(projects: Sequence[Project], options: Namespace, introduction: str) -> Measured:
    tally = Tally()
    for more in each(partial(_judged, every=options.every), projects, options.jobs):
        tally.include(more)
    rows = [_row(tally, operator.__name__, operator.__doc__ or "") for operator in OPERATORS]
    made, found = tally.made.total(), tally.found.total()
    text = introduction.format(made=made, found=found, percent=percent(found, made), tally=tally)
    missed = [*tally.remarks["missed"], *tally.remarks["named otherwise"]]
    broken = tally.remarks["broken"]
    reasons = [f"`{name}`: {NOT_REPORTED.get(name, 'why is not known')}" for name in missed]
    lists = _listed("Not found", reasons) + _listed("Repaired badly", broken)
    failures = [name for name in missed if name not in NOT_REPORTED] + broken
    return Measured(f"{text}\n{table(_HEAD, rows)}{lists}", f"--every {options.every}", failures)


def _listed(what: str, items: Sequence[str]) -> str:
    lines = "".join(f"- {item}\n" for item in items)
    return f"\n{what}:\n\n{lines}" if lines else ""


def _judged(project: Project, every: int) -> Tally:
    tally = Tally()
    mutants = list(sample([project], every))
    tally.projects += bool(mutants)
    for mutant in mutants:
        judge(tally, mutant)
    return tally


def _row(tally: Tally, name: str, mistake: str) -> tuple[object, ...]:
    codes = next(codes for operator, codes in OPERATORS.items() if operator.__name__ == name)
    made, found = tally.made[name], tally.found[name]
    besides = ", ".join(f"{code} {n}" for code, n in sorted(tally.besides[name].items()))
    counts = (made, found, percent(found, made), besides or "–")
    return mistake.rstrip("."), " or ".join(codes), *counts, tally.repaired[name], tally.same[name]


_FIXTURES = """\
Operators (`tests/mutants`) put mistakes into code that is right: the clean fixtures, and the bad
ones as they are repaired. Of {made} mutants of {tally.projects} projects {found} are found
({percent}). Where one mistake causes another, codes besides its own are reported. What can be
repaired is: then a second run changes nothing, no comment is lost, and most projects are again what
they were before, but for layout.
"""
_REAL = """\
The same with real code: {tally.projects} modules of pinned releases (`scripts/real_trees.json`)
that declare injected tasks and have no finding, each alone. Of {made} mutants {found} are found
({percent}).
"""
SECTIONS = (
    Section("fixtures", "Mistakes put into the fixtures", _fixtures),
    Section("real", "Mistakes put into real code", _real),
)
