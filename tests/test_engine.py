"""What the engine does besides the rules: versions, overlays, broken files, own failures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.engine import check
from flake8_bgtasks.project.interest import FAR
from flake8_bgtasks.project.source import MAX_SIZE, SYNTAX_BUDGET, TOO_LARGE
from flake8_bgtasks.rules import RULES
from flake8_bgtasks.settings import Settings
from tests.fakes import write_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.report import Report
    from flake8_bgtasks.tracking.program import Program

# Refused up to FastAPI 0.128.1, injected from 0.128.2 on.
VERSION_DEPENDENT = """\
from fastapi import BackgroundTasks, Depends, FastAPI

app = FastAPI()


def get_tasks(background_tasks: BackgroundTasks) -> BackgroundTasks:
    return background_tasks


@app.post("/users")
def create_user(tasks: BackgroundTasks = Depends(get_tasks)) -> None:
    tasks.add_task(print)
"""
LOST = "from fastapi import BackgroundTasks\n\n\ndef f():\n    BackgroundTasks().add_task(f)\n"
BROKEN = "def f(:\n"


def run(root: Path, files: dict[str, str | bytes], settings: Settings | None = None) -> Report:
    write_tree(root, files)
    modules = [name for name in files if name.endswith(".py")]
    return check(root, modules, modules, settings or Settings())


def codes(report: Report) -> list[tuple[str, str]]:
    return [(finding.path, finding.code) for finding in report.findings]


DISTRIBUTIONS = {
    "services/api/pyproject.toml": "",
    "services/api/src/api/__init__.py": "",
    "services/api/src/api/main.py": (
        "from common.mail import send\n\n\ndef create():\n    send('ann')\n"
    ),
    "libs/common/src/common/__init__.py": "",
    "libs/common/src/common/mail.py": (
        "from fastapi import BackgroundTasks\n\n\n"
        "def send(name, tasks: BackgroundTasks):\n    tasks.add_task(print, name)\n"
    ),
}


class TestDistributions:
    def test_one_of_the_repository_may_be_imported_by_another(self, tmp_path: Path) -> None:
        report = run(tmp_path, {**DISTRIBUTIONS, "libs/common/pyproject.toml": ""})
        assert codes(report) == [("services/api/src/api/main.py", "BGT201")]

    def test_a_folder_that_is_none_stays_unknown(self, tmp_path: Path) -> None:
        assert codes(run(tmp_path, {**DISTRIBUTIONS})) == []


class TestVersion:
    @pytest.mark.parametrize(
        ("pin", "expected"), [("0.128.1", [("main.py", "BGT304")]), ("0.128.2", [])]
    )
    def test_it_is_looked_up_in_the_project(
        self, tmp_path: Path, pin: str, expected: list[tuple[str, str]]
    ) -> None:
        files = {"main.py": VERSION_DEPENDENT, "requirements.txt": f"fastapi=={pin}\n"}
        assert codes(run(tmp_path, {**files})) == expected

    def test_a_setting_wins(self, tmp_path: Path) -> None:
        files = {"main.py": VERSION_DEPENDENT, "requirements.txt": "fastapi==0.165.0\n"}
        settings = Settings(fastapi_version="0.115.12")
        assert codes(run(tmp_path, {**files}, settings)) == [("main.py", "BGT304")]

    @pytest.mark.parametrize(("source", "times"), [(LOST, 1), ("import fastapi\n", 0)])
    def test_it_is_looked_up_once_and_only_where_it_matters(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, times: int
    ) -> None:
        asked: list[Path] = []

        def detect(root: Path, _files: Collection[str]) -> str:
            asked.append(root)
            return "0.165.0"

        monkeypatch.setattr("flake8_bgtasks.project.fastapi_version.detect", detect)
        run(tmp_path, {"main.py": source})
        assert asked == [tmp_path] * times


class TestBadInput:
    def test_a_broken_file_is_reported_and_stops_nothing(self, tmp_path: Path) -> None:
        report = run(tmp_path, {"broken.py": BROKEN, "lost.py": LOST})
        assert codes(report) == [("broken.py", "BGT900"), ("lost.py", "BGT101")]
        assert (report.files, report.parsed) == (2, 2)

    def test_nothing_is_parsed_for_its_syntax_unless_it_is_wanted(self, tmp_path: Path) -> None:
        write_tree(tmp_path, {"broken.py": BROKEN})
        report = check(tmp_path, ["broken.py"], ["broken.py"], Settings(), syntax=False)
        assert (codes(report), report.parsed) == ([], 0)

    def test_above_the_budget_only_named_files_are_parsed(self, tmp_path: Path) -> None:
        files = ["broken.py", "large.py"]
        write_tree(tmp_path, {"broken.py": BROKEN, "large.py": "x = 1\n" * (SYNTAX_BUDGET // 6)})
        assert codes(check(tmp_path, files, files, Settings())) == []
        named = check(tmp_path, files, files, Settings(), named=["broken.py"])
        assert codes(named) == [("broken.py", "BGT900")]

    def test_a_file_beyond_the_budget_is_not_parsed(self, tmp_path: Path) -> None:
        large = LOST + "#" * MAX_SIZE
        report = run(tmp_path, {"large.py": large, "lost.py": LOST})
        assert codes(report) == [("large.py", "BGT901"), ("lost.py", "BGT101")]
        assert report.findings[0].message == TOO_LARGE

    def test_a_file_beyond_the_budget_may_be_named_where_nothing_in_it_matters(
        self, tmp_path: Path
    ) -> None:
        write_tree(tmp_path, {"large.py": "x = 1\n" * (MAX_SIZE // 6 + 1)})
        files = ["large.py"]
        assert codes(check(tmp_path, files, files, Settings(), named=files)) == []


class TestOwnFailures:
    def test_a_rule_that_fails_is_one_finding_and_the_others_still_apply(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(program: Program) -> Iterator[Finding]:
            raise RuntimeError(f"lost in {program.paths[0]}")

        monkeypatch.setattr("flake8_bgtasks.rules.RULES", (replace(RULES[0], check=fail), *RULES))
        report = run(tmp_path, {"lost.py": LOST})
        assert codes(report) == [("lost.py", "BGT901"), ("lost.py", "BGT101")]
        assert report.findings[0].message.startswith(
            "internal error: RuntimeError: lost in lost.py"
        )

    def test_a_failure_before_the_rules_hides_no_broken_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr("flake8_bgtasks.tracking.linker.Search")
        report = run(tmp_path, {"broken.py": BROKEN, "lost.py": LOST})
        assert codes(report) == [("broken.py", "BGT901"), ("broken.py", "BGT900")]


def test_overlays_take_the_place_of_files_and_may_be_new(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": LOST, "b.py": "x = 1\n"})
    overlays = {"a.py": b"x = 1\n", "b.py": LOST.encode(), "c.py": LOST.encode()}
    files = ["a.py", "b.py", "c.py"]
    report = check(tmp_path, files, files, Settings(), overlays)
    assert codes(report) == [("b.py", "BGT101"), ("c.py", "BGT101")]


def test_only_reported_files_are_reported(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": LOST, "b.py": LOST, "broken.py": BROKEN + LOST})
    report = check(tmp_path, ["a.py", "b.py", "broken.py"], ["b.py"], Settings())
    assert (codes(report), report.files) == ([("b.py", "BGT101")], 1)


def test_progress_is_told_in_steps_that_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_tree(tmp_path, {"a.py": LOST})
    check(tmp_path, ["a.py"], ["a.py"], Settings(), progress=lambda *step: told.append(step))
    assert {stage for stage, _, _ in told} == {"reading", "rules"}
    assert all(0 <= done < total for _, done, total in told)


def test_what_is_judged_by_its_callers_is_so_beside_code_with_too_many_of_them(
    tmp_path: Path,
) -> None:
    """BGT302 has to know who calls `enqueue`; who calls `lost` is only told in a message."""
    callers = "".join(f"\ndef caller_{n}():\n    lost()\n" for n in range(FAR + 50))
    write_tree(
        tmp_path,
        {
            "main.py": "from fastapi import FastAPI\nfrom receipts import enqueue\n\n"
            "app = FastAPI()\n\n@app.post('/')\ndef create():\n    enqueue()\n",
            "receipts.py": "from starlette.background import BackgroundTasks\n\n"
            "queue = BackgroundTasks()\n\ndef enqueue():\n    queue.add_task(print)\n",
            "lost.py": "from fastapi import BackgroundTasks\n\n"
            "def lost():\n    BackgroundTasks().add_task(print)\n",
            "callers.py": f"from lost import lost\n{callers}",
        },
    )
    paths = ["main.py", "receipts.py", "lost.py", "callers.py"]
    found = check(tmp_path, paths, paths, Settings("0.165.0")).findings
    assert [finding.code for finding in found] == ["BGT101", "BGT302", "BGT102"]
