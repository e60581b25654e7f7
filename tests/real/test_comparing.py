"""Findings on real code are compared with the reviewed snapshot and with labelled sites."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from scripts import real_code
from scripts.realcode import run as running
from scripts.realcode import snapshot, trees
from scripts.realcode.labels import Label, judge
from scripts.realcode.run import Found, fastapi_version
from scripts.realcode.snapshot import Reviewed, differences
from scripts.realcode.trees import Tree

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = Reviewed("pkg", "1.0", "pkg/app.py", 4, "BGT101", "true", "never attached")
FALSE = Reviewed("pkg", "1.0", "pkg/app.py", 9, "BGT202", "false", "the helper ignores it")
IMPLEMENTED = {"BGT101", "BGT202"}


def test_the_reviewed_findings_are_no_difference() -> None:
    assert differences([Found("pkg/app.py", 4, "BGT101", "any message")], [KNOWN]) == []


@pytest.mark.parametrize(
    ("found", "reviewed", "start"),
    [
        ([Found("pkg/app.py", 5, "BGT101", "lost")], [], "new pkg/app.py:5 BGT101: lost"),
        ([], [KNOWN], "vanished pkg/app.py:4 BGT101: never attached"),
        ([Found("pkg/app.py", 9, "BGT202")], [FALSE], "false pkg/app.py:9 BGT202"),
    ],
)
def test_each_kind_of_difference_is_told(
    found: list[Found], reviewed: list[Reviewed], start: str
) -> None:
    (line,) = differences(found, reviewed)
    assert line.startswith(start)


def label(verdict: str, codes: tuple[str, ...] = ("BGT101",)) -> Label:
    return Label("pkg", "1.0", "pkg/app.py", 10, verdict, codes, "")


@pytest.mark.parametrize(
    ("verdict", "line", "result"),
    [
        *(("bug", line, "holds") for line in (8, 10, 12)),
        *(("bug", line, "missed") for line in (7, 13)),
        *(("ok", line, "alarm") for line in (10, 12)),
        *(("ok", line, "holds") for line in (9, 13)),
        ("smell", 10, "skipped"),
    ],
)
def test_a_label_is_judged_by_what_stands_near_it(verdict: str, line: int, result: str) -> None:
    found = [Found("pkg/app.py", line, "BGT101"), Found("pkg/other.py", 10, "BGT101")]
    assert judge(label(verdict), found, IMPLEMENTED) == result


def test_only_implemented_codes_count() -> None:
    found = [Found("pkg/app.py", 10, "BGT202")]
    assert judge(label("bug", ("BGT402",)), found, IMPLEMENTED) == "skipped"
    assert judge(label("ok"), found, IMPLEMENTED) == "holds"
    assert judge(label("ok", ("any",)), found, IMPLEMENTED) == "alarm"


@pytest.mark.parametrize(
    ("lines", "version"),
    [
        (["fastapi==0.115.6"], "0.115.6"),
        (["fastapi (>=0.109.1,!=0.123.5)"], running.RELEASES[0]),
        (["fastapi<0.113.0,>=0.100.0; extra == 'client'"], "0.106.0"),
        (["fastapi<0.110,>=0.109.2"], "0.109.2"),
        (["fastapi==0.95.2; extra == 'all'", "fastapi==0.115.12"], "0.115.12"),
        (["starlette>=0.24", "fastapi-users>=10"], None),
    ],
)
def test_the_fastapi_version_comes_from_the_metadata(
    lines: list[str], version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "FOLDER", tmp_path)
    tree = Tree("pkg", "1.0", "pkg.whl", "", "3.12")
    metadata = tree.root / "pkg-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    requires = "".join(f"Requires-Dist: {line}\n" for line in lines)
    metadata.write_text(f"Metadata-Version: 2.1\nName: pkg\n{requires}\nText.\n", encoding="utf-8")
    assert fastapi_version(tree) == version


def test_the_snapshot_is_sound() -> None:
    reviewed = snapshot.read()
    listed = {(tree.name, tree.version) for tree in trees.load()}
    assert len({(one.package, one.version, one.found) for one in reviewed}) == len(reviewed)
    assert {(one.package, one.version) for one in reviewed} <= listed
    assert all(one.why for one in reviewed)


@pytest.mark.parametrize(
    "line",
    [
        '{"package": "pkg"}',
        '{"package": "p", "version": "1", "path": "a.py", "line": 1, '
        '"code": "BGT101", "verdict": "maybe", "why": "w"}',
    ],
)
def test_a_broken_snapshot_is_refused(line: str, tmp_path: Path) -> None:
    file = tmp_path / "reviewed.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"missing|verdict"):
        snapshot.read(file)


def test_a_release_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trees, "FOLDER", tmp_path)
    assert real_code.main(["check", "skypilot-0.9.3"]) == 2
    assert "skypilot-0.9.3 isn't there" in capsys.readouterr().err


def test_a_release_is_run_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trees, "FOLDER", tmp_path)
    source = tmp_path / "skypilot-0.9.3" / "sky" / "app.py"
    source.parent.mkdir(parents=True)
    source.write_text(
        "from fastapi import BackgroundTasks, FastAPI\n\napp = FastAPI()\n\n\n"
        "@app.get('/')\ndef root():\n    tasks = BackgroundTasks()\n    tasks.add_task(print)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(snapshot, "read", list)
    assert real_code.main(["check", "skypilot-0.9.3"]) == 1
    assert "new sky/app.py:8 BGT101" in capsys.readouterr().out


@pytest.mark.parametrize(("code", "kept"), [("BGT900", False), ("BGT901", True)])
def test_what_this_python_cannot_parse_is_no_finding(
    code: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "FOLDER", tmp_path)
    tree = Tree("pkg", "1.0", "pkg.whl", "", "3.12")
    file = tree.root / "app.py"
    file.parent.mkdir()
    file.write_text("def :\n", encoding="utf-8")
    report = json.dumps({"findings": [{"path": str(file), "line": 1, "code": code, "message": ""}]})
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1, stdout=report)
    )
    assert bool(running.run(tree)) is kept
