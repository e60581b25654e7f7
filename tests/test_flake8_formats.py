"""`flake8 --format bgtasks-…` prints what the command line prints, and other plugins' codes too."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pytest
from flake8.main.cli import main as run_flake8

from flake8_bgtasks.engine import check
from flake8_bgtasks.reporters import FORMATS
from tests.fakes import cli, copy_shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Flake8 = Callable[..., str]

SHOP = "shop"


@pytest.fixture
def flake8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Flake8:
    copy_shop(tmp_path)
    monkeypatch.chdir(tmp_path)

    def run(*argv: str) -> str:
        run_flake8(["--isolated", "--select=BGT", *argv])
        return capfd.readouterr().out

    return run


def test_every_format_but_text_is_registered() -> None:
    names = {point.name for point in entry_points(group="flake8.report")}
    assert {f"bgtasks-{form}" for form in FORMATS} - names == {"bgtasks-text"}


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("text", "json")])
@pytest.mark.parametrize("jobs", [1, 2])
def test_both_faces_print_the_same(form: str, jobs: int, flake8: Flake8) -> None:
    argv = ["--show-source", "--statistics", SHOP]
    printed = flake8(f"--format=bgtasks-{form}", f"-j{jobs}", *argv)
    assert printed == cli(f"--format={form}", "--isolated", *argv, check=check).out


def test_json_differs_in_the_counts_alone(flake8: Flake8) -> None:
    document = json.loads(flake8("--format=bgtasks-json", SHOP))
    expected = json.loads(cli("--format=json", "--isolated", SHOP, check=check).out)
    assert document["findings"] == expected["findings"]
    assert document["summary"]["files"] == expected["summary"]["files"]


def test_codes_of_other_plugins_come_along(flake8: Flake8) -> None:
    def report(form: str) -> Any:
        return json.loads(flake8(f"--format=bgtasks-{form}", "--extend-select=E501", SHOP))

    [run] = report("sarif")["runs"]
    long = [result for result in run["results"] if result["ruleId"] == "E501"]
    assert long
    assert run["tool"]["driver"]["rules"][long[0]["ruleIndex"]] == {"id": "E501"}
    assert {issue["check_name"] for issue in report("gitlab")} >= {"E501 E501"}
    assert any(finding["name"] == "E501" for finding in report("json")["findings"])


def test_a_file_outside_of_the_project_is_named(
    flake8: Flake8, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/tox.ini").touch()
    (tmp_path / "b.py").write_text("import os\n")
    monkeypatch.chdir(tmp_path / "a")
    printed = flake8("--format=bgtasks-json", "--extend-select=F401", "../b.py", ".")
    assert [finding["path"] for finding in json.loads(printed)["findings"]] == ["../b.py"]


def test_a_report_replaces_the_one_before(flake8: Flake8, tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.json"
    for _ in range(2):
        assert flake8("--format=bgtasks-gitlab", f"--output-file={target}", SHOP) == ""
    assert len(json.loads(target.read_text())) == 10
