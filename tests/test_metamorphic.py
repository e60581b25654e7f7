"""Findings stay where they were when a project is written in another way.

Layouts of files and their order are in `test_fixtures`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from tests.fakes import write_tree
from tests.fixture_cases import Mark, all_cases
from tests.rewrites.aliases import import_whole_module, rename_classes
from tests.rewrites.layout import into_packages, into_src, src_packages
from tests.rewrites.moving import move_helpers
from tests.rewrites.project import Project, Rewritten
from tests.rewrites.reexports import reexport_framework_names, reexport_own_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fixture_cases import Case

    Rewrite = Callable[[Project], Rewritten | None]

# To how many cases each rewrite must apply; it leaves out the others.
REWRITES: dict[Rewrite, int] = {
    rename_classes: 290,
    import_whole_module: 250,
    move_helpers: 330,
    reexport_own_names: 250,
    reexport_framework_names: 340,
    into_src: 320,
    into_packages: 340,
    src_packages: 320,
}
CASES = all_cases()
RULES = sorted({case.rule for case in CASES})
each_rewrite = pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.__name__)


def found(project: Project, case: Case, root: Path) -> set[Mark]:
    write_tree(root, {**project.files})
    settings = Settings(fastapi_version=case.fastapi_version or "0.165.0")
    report = check(root, project.files, project.files, settings)
    return {Mark(f.path, f.span.line, f.code) for f in report.findings}


@each_rewrite
@pytest.mark.parametrize("rule", RULES)
def test_findings_stay_where_they_were(rewrite: Rewrite, rule: str, tmp_path: Path) -> None:
    changed: dict[str, set[Mark]] = {}
    for case in (case for case in CASES if case.rule == rule):
        project = Project.of(case)
        rewritten = rewrite(project)
        if rewritten is not None:
            after = rewritten.apply(project)
            changed[str(case)] = found(after, case, tmp_path / case.folder.name) ^ after.marks
    assert {name: marks for name, marks in changed.items() if marks} == {}


@each_rewrite
def test_enough_projects_are_rewritten_and_stay_valid(rewrite: Rewrite) -> None:
    results = [(project, rewrite(project)) for project in map(Project.of, CASES)]
    rewritten = [(before, result.apply(before)) for before, result in results if result]
    assert len(rewritten) >= REWRITES[rewrite]
    for before, after in rewritten:
        assert before.files != after.files
        assert len(before.marks) == len(after.marks)
        for path, source in after.files.items():
            compile(source, path, "exec", ast.PyCF_ONLY_AST)
