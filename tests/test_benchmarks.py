"""The page that the benchmarks write."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from benchmarks import dense, report
from benchmarks.chart import bars, line
from benchmarks.measure import Measured, Run
from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def measured(*ratios: float) -> Measured:
    ours = tuple(Run(ratio, ratio / 2, 20_480) for ratio in ratios)
    return Measured(ours, tuple(Run(1.0, 1.0, 0) for _ in ratios))


def test_ratios_are_taken_pair_by_pair() -> None:
    one = measured(0.5, 3.0, 0.7)
    assert (one.ratio, one.ratios, one.processor_ratio) == (0.7, [0.5, 0.7, 3.0], 0.35)


def test_the_page_says_which_goals_are_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FOLDER", tmp_path)
    monkeypatch.setattr("benchmarks.cases.FOLDER", tmp_path)
    monkeypatch.setattr("benchmarks.cases.SIZES", (10,))
    monkeypatch.setattr(
        "benchmarks.dense.make_long", lambda folder, files, **_: folder / str(files)
    )
    report.write({"dense/10": measured(0.5), "long/one-file": measured(2.5)})
    page = (tmp_path / "RESULTS.md").read_text()
    assert "| 10 | 0.500 s | 1.000 s | 0.50 (0.50 to 0.50) | 0.25 | ≤ 0.7 | yes | 20 MB |" in page
    assert "- met (1): dense/10" in page
    assert "- not met (1): long/one-file (2.50)" in page


def test_charts_are_svg() -> None:
    for chart in (bars({"a": 0.5, "b": 2.0}), bars({}), line({500: 1.0, 1000: 2.0}), line({})):
        assert ElementTree.fromstring(chart).tag.endswith("svg")


def test_every_helper_of_the_worst_case_loses_a_task(tmp_path: Path) -> None:
    root = dense.make(tmp_path, 10)
    files = [path.relative_to(root).as_posix() for path in root.rglob("*.py")]
    found = check(root, files, files, Settings("0.165.0")).findings
    assert [finding.code for finding in found] == ["BGT101"] * 5
