"""Records that somebody made up: those who can know what a record is bound to, and who can't."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.cache import runs
from flake8_bgtasks.cache.fingerprint import fingerprint
from flake8_bgtasks.cache.signatures import pack
from flake8_bgtasks.cache.storage import MAX_RECORDS, Storage
from tests.cache.helpers import HELPERS, MAIN, check, fresh, records, settle, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EMPTY = "[[], 0, 0]"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project the working directory; the user's cache lies beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    write(root, {"main.py": MAIN, "helpers.py": HELPERS, "setup.cfg": "[flake8]\n"})
    settle()
    monkeypatch.chdir(root)
    return root


def forge_run(folder: Path, root: Path, *argv: str) -> None:
    """Write the record of a run that found nothing in no files."""
    storage = Storage(str(folder / "flake8-bgtasks"))
    key = (fingerprint(), str(root), "x", "x")
    nothing = pack([], [], 0)
    storage.save("report", key, ["1", EMPTY, "", "0", "", "[]", "", *nothing, *nothing])
    lines = ["\t".join(key), "1", str(root), "0", "", "0", *nothing, *nothing]
    storage.save("run", runs._key(argv, io.StringIO()), lines)


@pytest.mark.parametrize(
    ("work", "argv"),
    [
        (".", ()),
        ("app", ()),
        ("..", ("project",)),
        ("../elsewhere", ("../project",)),
        ("../elsewhere", ("--project-root=../project", "../project/helpers.py")),
    ],
)
def test_a_tree_brings_no_run_that_found_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, work: str, argv: tuple[str, ...]
) -> None:
    """It knows no times and inodes, but a record could do without files."""
    write(project, {"app/main.py": MAIN, "app/helpers.py": HELPERS})
    (project.parent / "elsewhere").mkdir()
    monkeypatch.chdir(work)
    folder = project / ".cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    forge_run(folder, project, *argv)
    assert records(folder, "run")
    result = check(*argv)
    assert (result.code, result.recalled) == (1, False)
    assert "BGT101" in result.out


def test_beside_the_tree_such_a_record_counts(project: Path, tmp_path: Path) -> None:
    """As whoever can write there can do anything."""
    forge_run(tmp_path / "cache", project)
    assert check().recalled


def forge_report(folder: Path, change: Callable[[list[str]], None]) -> None:
    """Change a report, and leave it whole."""
    storage = Storage(str(folder))
    [record] = records(folder, "report")
    head = record.read_text().split("\n")[1]
    lines = storage.load("report", head.split("\t"))
    assert lines
    change(lines)
    storage.save("report", head.split("\t"), lines)


@pytest.mark.parametrize("where", ["path", "related", "edit"])
def test_a_report_names_no_file_of_elsewhere(project: Path, tmp_path: Path, where: str) -> None:
    """Its lines would be shown."""
    (tmp_path / "secret").write_text("secret\n")
    options = ("--cache-dir=./kept", "--show-source")
    expected = check(*options).out

    def point_out(lines: list[str]) -> None:
        report = json.loads(lines[1])
        finding = report[0][0]
        edit = ["../secret", [1, 1, 1, 2], "x"]
        if where == "path":
            finding[0] = "../secret"
        elif where == "related":
            finding[4] = [["../secret", [1, 1, 1, 2], "here", ""]]
        else:
            finding[5] = ["safe", "title", [edit]]
        lines[1] = json.dumps(report)

    forge_report(project / "kept", point_out)
    assert check(*options).out == expected


@pytest.mark.parametrize(
    "report", ["[" * 100_000, "[[], " + "1" * 5_000 + ", 1]", '[[{"a": 1}], 1, 1]', "[[[1]], 1, 1]"]
)
def test_a_report_out_of_all_proportion_is_none(project: Path, report: str) -> None:
    expected = check("--cache-dir=./kept").out

    def inflate(lines: list[str]) -> None:
        lines[1] = report

    forge_report(project / "kept", inflate)
    assert check("--cache-dir=./kept").out == expected


def test_a_tree_brings_no_patterns_to_search_with(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would be matched with its files, and could take for ever."""
    write(project, {"idle.py": "import os\n"})
    settle()
    check("--cache-dir=./kept")

    def search(lines: list[str]) -> None:
        lines[5] = json.dumps(["(a+)+$"])

    forge_report(project / "kept", search)
    (project / "idle.py").write_text("x = '" + "a" * 10_000 + "'\n")
    monkeypatch.setattr("flake8_bgtasks.cache.overlooking.growth", lambda *_: pytest.fail("asked"))
    assert "BGT101" in check("--cache-dir=./kept").out


def test_what_is_no_record_is_never_dropped(tmp_path: Path) -> None:
    """Whoever names a folder of theirs for the cache keeps what is in it."""
    folder = tmp_path / "reports"
    folder.mkdir(mode=0o700)
    others = [f"{number}.{kind}" for number in range(200) for kind in ("report", "run", "tmp")]
    others += ["0123456789abcdeg.report", "0123456789abcdef.txt", "0123456789abcdef0.run"]
    for name in others:
        (folder / name).touch()
    for number in range(MAX_RECORDS + 20):
        Storage(str(folder)).save("run", ("key", str(number)), ["line"])
    left = {path.name for path in folder.iterdir()}
    assert left.issuperset(others)
    assert len(left) <= len(others) + MAX_RECORDS


@pytest.mark.parametrize("what", ["pipe", "folder", "device", "hard link", "long"])
def test_what_is_no_file_of_its_own_is_no_record(project: Path, tmp_path: Path, what: str) -> None:
    expected = check()
    for record in records(tmp_path / "cache", "run") + records(tmp_path / "cache", "report"):
        if what == "hard link":
            os.link(record, tmp_path / record.name)
            continue
        if what == "long":
            os.truncate(record, 1 << 40)
            continue
        record.unlink()
        if what == "pipe":
            os.mkfifo(record)
        elif what == "folder":
            record.mkdir()
        else:
            record.symlink_to("/dev/zero")
    assert check() == expected
    assert fresh().out == expected.out
    assert project.is_dir()


def test_facts_that_lead_nowhere_are_as_good_as_none(project: Path, tmp_path: Path) -> None:
    expected = check().out
    folder = tmp_path / "cache/flake8-bgtasks"
    storage, key = Storage(str(folder)), (fingerprint(), str(project))
    lines = storage.load("facts", key)
    assert lines
    for kind in range(6, 60):
        text = (
            f"[[[0,1,0,1]],[3,[0],[[{kind},0]]],[3,[0],[0]],[3,[],[]],[3,[],[]],[3,[],[]],[0],[2]]"
        )
        storage.save("facts", key, [f"{line.split(' ')[0]} {text}" for line in lines])
        for record in (*records(folder, "report"), *records(folder, "run")):
            record.unlink()
        assert check().out == expected
