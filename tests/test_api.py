"""The Python interface does what the command line does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import flake8_bgtasks
from flake8_bgtasks import Finding, Report, Settings, UsageError, api, check, engine, fix
from flake8_bgtasks.options import OPTIONS
from tests.fakes import cli, copy_shop, write_tree
from tests.test_baseline import MISTAKE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"app/main.py": MISTAKE, "other.py": "x = 1\n", "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def codes(findings: Iterable[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_all_public_names_are_there_and_nothing_is_imported_before() -> None:
    code = "import flake8_bgtasks, sys; print(*[m for m in sys.modules if m[:6] == 'flake8'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["flake8_bgtasks"]
    assert all(hasattr(flake8_bgtasks, name) for name in flake8_bgtasks.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = flake8_bgtasks.nothing  # type: ignore[attr-defined]


def test_check_finds_what_the_command_line_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    report = check(["shop"])
    printed = json.loads(cli("shop", "--format=json", check=engine.check).out)
    assert [(f.path, f.code, f.span.line) for f in report.findings] == [
        (f["path"], f["code"], f["line"]) for f in printed["findings"]
    ]
    assert [f.fix and f.fix.title for f in report.findings] == [
        f["fix"] and f["fix"]["title"] for f in printed["findings"]
    ]
    assert (report.root, report.files) == (tmp_path, printed["summary"]["files"])


def test_paths_and_project_root(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(check().findings) == ["BGT101"]
    assert check([here / "other.py"]).findings == ()
    monkeypatch.chdir("/")
    assert [f.path for f in check([here]).findings] == ["app/main.py"]
    assert [f.path for f in check([here], project_root=here).findings] == ["app/main.py"]


def test_no_configuration_is_read_but_comments_count(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.flake8-bgtasks]\nignore = ["BGT"]\n')
    assert codes(check().findings) == ["BGT101"]
    assert check(ignore=["BGT1"]).findings == ()
    source = MISTAKE.replace("BackgroundTasks()\n", "BackgroundTasks()  # noqa: BGT101\n")
    (here / "app/main.py").write_text(source)
    assert check().findings == ()
    assert codes(check(disable_noqa=True).findings) == ["BGT101"]


def test_options_and_settings(here: Path) -> None:
    assert check(exclude=("app",)).findings == ()
    assert check(per_file_ignores={"app/*": ["BGT1"]}).findings == ()
    assert check(settings=Settings(test_patterns=("app/",))).findings == ()
    cli("--write-baseline=known.json", check=engine.check)
    assert check(baseline=here / "known.json").findings == ()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"paths": ["nowhere.py"]}, "no such file or folder: nowhere.py"),
        ({"select": ["BGT9999"]}, "select: 'BGT9999' is not a code"),
        ({"select": ["BGT777"]}, "select: there is no rule BGT777"),
        ({"project_root": "nowhere"}, "project_root: there is no folder"),
        ({"baseline": "nowhere.json"}, "can't read the baseline"),
        ({"settings": Settings(fastapi_version="new")}, "'new' is not a version"),
    ],
)
@pytest.mark.usefixtures("here")
def test_wrong_values_are_usage_errors(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        check(**options)


@pytest.mark.usefixtures("here")
def test_wrong_calls_are_type_errors() -> None:
    with pytest.raises(TypeError, match="there is no option 'colour'"):
        check(colour=True)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="not one string"):
        check("app")


def test_every_option_is_one_of_the_command_line() -> None:
    assert api.Options.__annotations__.keys() <= {option.dest for option in OPTIONS}


def test_bad_source_does_not_raise(here: Path) -> None:
    (here / "other.py").write_text("def (\n")
    assert codes(check(["other.py"]).findings) == ["BGT900"]


def test_fix_repairs_files(here: Path) -> None:
    proposed = fix(write=False)
    [change] = proposed.changes
    assert (change.path, change.before) == ("app/main.py", MISTAKE.encode())
    assert (here / "app/main.py").read_bytes() == MISTAKE.encode()
    done = fix()
    assert done == proposed
    assert (done.root, done.fixed, done.left, done.refused) == (here, 1, (), ())
    assert (here / "app/main.py").read_bytes() == change.after
    assert check().findings == ()
    assert fix().changes == ()


def test_fix_leaves_what_is_not_safe(here: Path) -> None:
    shared = MISTAKE.replace("    tasks = Back", "tasks = Back").replace(
        '@app.post("/users")\ndef create_user() -> None:\ntasks = BackgroundTasks()\n',
        'tasks = BackgroundTasks()\n\n\n@app.post("/users")\ndef create_user() -> None:\n',
    )
    (here / "app/main.py").write_text(shared)
    assert codes(check().findings) == ["BGT102"]
    left = fix()
    assert (left.changes, codes(left.left), codes(left.unsafe)) == ((), ["BGT102"], ["BGT102"])
    assert fix(unsafe=True).fixed == 1


def test_reports_can_be_compared_and_sent_elsewhere(here: Path) -> None:
    import pickle

    report = check()
    assert pickle.loads(pickle.dumps(report)) == report == check()
    assert isinstance(report, Report)
    assert report.root == here
