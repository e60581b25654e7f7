"""What has been tracked once is not tracked again, wherever it stands by now."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.cache.fingerprint import fingerprint
from flake8_bgtasks.cache.known import KIND, KnownFacts
from flake8_bgtasks.cache.reports import CachedCheck
from flake8_bgtasks.cache.storage import Storage
from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.tracking import parts
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_bgtasks.report import Report
    from tests.fixture_cases import Case

EVERY = int(os.environ.get("KNOWN_EVERY", "25"))
"""So many fixtures are passed over for one that is tried."""


class Project:
    """A copy of a fixture project that is checked with one storage of facts."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.root = folder / "project"
        self.storage = Storage(str(folder / "cache"))
        self._files = case.files
        self._settings = Settings(case.fastapi_version or "0.165.0")
        self.key = (fingerprint(), str(self.root))
        shutil.copytree(case.folder, self.root, ignore=shutil.ignore_patterns("after"))

    def check(self, *, known: bool) -> Report:
        facts = KnownFacts(self.storage, self.key) if known else None
        report = check(self.root, self._files, self._files, self._settings, facts=facts)
        if facts is not None:
            facts.save()
        return report

    def cached(self) -> Report:
        """Check it as the command line does, but for the report of an earlier run."""
        for record in (self.root.parent / "cache").glob("*.report"):
            record.unlink()
        names = [str(name) for name in self._files]
        return CachedCheck(self.storage)(str(self.root), names, names, self._settings)

    def shift(self) -> None:
        """Move all code down by some lines."""
        for name in self._files:
            path = self.root / name
            path.write_bytes(b"# A comment.\n\n" + path.read_bytes())


@pytest.mark.parametrize("case", all_cases()[::EVERY], ids=str)
def test_code_that_moves_keeps_its_facts(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(case, tmp_path)
    first = project.check(known=True)
    assert first.findings == project.check(known=False).findings
    project.shift()
    expected = project.check(known=False)
    monkeypatch.delattr(parts, "track")
    monkeypatch.delattr(parts, "track_body")
    assert project.check(known=True).findings == expected.findings


@pytest.mark.parametrize(
    ("folder", "marker", "kept"),
    [
        ("cache", "", 1),
        ("project/cache", "", 0),
        ("link", "", 0),
        ("cache", ".git", 0),
        ("cache", "pyproject.toml", 0),
    ],
)
def test_a_tree_brings_no_facts(tmp_path: Path, folder: str, marker: str, kept: int) -> None:
    """Nor does the repository or the project around it."""
    project = Project(next(case for case in all_cases() if case.is_bad), tmp_path)
    (tmp_path / "link").symlink_to(project.root / "cache")
    (tmp_path / (marker or "nothing")).touch()
    files = [path.name for path in project.root.glob("*.py")]
    CachedCheck(Storage(str(tmp_path / folder)))(str(project.root), files, files, Settings("0.165"))
    assert len(list(tmp_path.rglob(f"*.{KIND}"))) == kept


EMPTY = "[3,[],[]]"
DAMAGES = (
    *("", "[]", "[1,[[9999]]]", "null", "[[],[0],[0],[0],[0],[0],[0],[0]]"),
    *("[" * 100_000, "1" * 5_000, '{"a": 1}', "[[],[[]],[0],[0],[0],[0],[0],[0]]"),
    f"[[],{EMPTY},{EMPTY},{EMPTY},{EMPTY},{EMPTY},[0],[2]]",
    f'[[[0,1,0,1]],[3,["x"],["\\u001b"]],{EMPTY},{EMPTY},{EMPTY},{EMPTY},[0],[2]]',
    f"[[],{EMPTY},{EMPTY},[3,[0],[7]],{EMPTY},{EMPTY},[0],[2]]",
)


def test_damaged_facts_are_tracked_again(tmp_path: Path) -> None:
    case = next(case for case in all_cases() if case.is_bad and case.spans_modules)
    project = Project(case, tmp_path)
    expected = project.check(known=True)
    lines = project.storage.load(KIND, project.key)
    assert expected.findings
    assert lines
    for damage in DAMAGES:
        damaged = [f"{line.split(' ')[0]} {damage}" for line in lines]
        project.storage.save(KIND, project.key, damaged)
        assert project.cached().findings == expected.findings, damage
