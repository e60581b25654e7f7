"""Marks and files of fixture projects are read as their authors mean them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fixture_cases import Case, Mark

if TYPE_CHECKING:
    from pathlib import Path


def case_of(folder: Path, **files: str) -> Case:
    for name, source in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".py").write_text(source, encoding="utf-8")
    return Case("BGT101", folder)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("tasks = BackgroundTasks()  # BGT101", {"BGT101"}),
        ("from x import (  # BGT301 BGT302", {"BGT301", "BGT302"}),
        ("tasks()  # not awaited: BGT103", {"BGT103"}),
        ("# BGT101 is explained elsewhere", set()),
        ('code = "BGT101"', set()),
        ("tasks()", set()),
    ],
)
def test_marks_end_the_line(tmp_path: Path, line: str, codes: set[str]) -> None:
    case = case_of(tmp_path, main=f"\n{line}\n")
    assert case.marks == {Mark("main.py", 2, code) for code in codes}


def test_repaired_project_is_no_part_of_the_case(tmp_path: Path) -> None:
    case = case_of(tmp_path, main="", src__app="x = 1  # BGT101\n", after__main="y  # BGT101\n")
    assert case.files == ("main.py", "src/app.py")
    assert case.marks == {Mark("src/app.py", 1, "BGT101")}
