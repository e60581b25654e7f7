"""A baseline lists what is known: only what is new is reported, wherever the lines move to."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from flake8.main.cli import main as run_flake8

from flake8_bgtasks.engine import check
from flake8_bgtasks.findings import Finding, Span
from flake8_bgtasks.writing import replace_file
from tests.fakes import FakeCheck, cli, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Flake8 = Callable[..., tuple[int, str]]

MISTAKE = """\
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


@app.post("/users")
def create_user() -> None:
    tasks = BackgroundTasks()
    tasks.add_task(print, "created")
"""
APP = "a = 'BGT101!'\nb = 'BGT102!'\na = 'BGT101!'\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"src/app.py": APP, "other.py": "c = 'BGT103!'\n", "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def flake8(capfd: pytest.CaptureFixture[str]) -> Flake8:
    def run(*argv: str) -> tuple[int, str]:
        return run_flake8([*argv, "-j1"]), capfd.readouterr().out

    return run


def places(*argv: str) -> Sequence[str]:
    """Return file, line and code of what is reported."""
    return [
        f"{path[2:]}:{line} {rest.split()[1]}"
        for path, line, rest in (text.split(":", 2) for text in cli(*argv).lines)
    ]


def test_nothing_is_new_after_writing_one(here: Path) -> None:
    written = cli("--write-baseline=known/bgtasks.json")
    expected = f"4 findings written to {here / 'known' / 'bgtasks.json'}\n"
    assert (written.code, written.out, written.err) == (0, expected, "")
    assert json.loads((here / "known/bgtasks.json").read_text()) == {
        "version": 1,
        "findings": {
            "other.py": {"BGT103": {"c = 'BGT103!'": 1}},
            "src/app.py": {"BGT101": {"a = 'BGT101!'": 2}, "BGT102": {"b = 'BGT102!'": 1}},
        },
    }
    ran = cli("--baseline=known/bgtasks.json")
    assert (ran.code, ran.out) == (0, "")


def test_moved_lines_stay_known_and_new_ones_are_reported(here: Path) -> None:
    cli("--write-baseline=known.json")
    moved = "import os\n\n\nif os:\n    a  =  'BGT101!'\n    new = 'BGT102!'\n    b = 'BGT102!'\n"
    (here / "src/app.py").write_text(moved + APP)
    assert places("--baseline=known.json") == [
        "src/app.py:6 BGT102",
        "src/app.py:9 BGT102",
        "src/app.py:10 BGT101",
    ]


def test_another_code_or_file_is_new(here: Path) -> None:
    cli("--write-baseline=known.json")
    write_tree(here, {"other.py": "c = 'BGT104!'\n", "third.py": "c = 'BGT103!'\n"})
    assert places("--baseline=known.json") == ["other.py:1 BGT104", "third.py:1 BGT103"]


def test_it_is_the_same_from_any_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("--write-baseline=known.json")
    monkeypatch.chdir(here / "src")
    assert cli("--baseline=../known.json", "app.py").out == ""


@pytest.mark.usefixtures("here")
def test_what_is_not_selected_is_not_written() -> None:
    cli("--write-baseline=known.json", "--ignore=BGT101")
    assert places("--baseline=known.json") == ["src/app.py:1 BGT101", "src/app.py:3 BGT101"]


def test_an_internal_error_is_never_known(here: Path) -> None:
    error = Finding("src/app.py", Span(1, 1, 1, 1), "BGT901", "internal error")
    cli("--write-baseline=known.json", check=FakeCheck(extra=(error,)))
    assert "BGT901" not in (here / "known.json").read_text()
    ran = cli("--baseline=known.json", check=FakeCheck(extra=(error,)))
    assert (ran.code, len(ran.lines)) == (2, 1)


def test_the_configured_baseline_can_be_written_anew(here: Path) -> None:
    known = '[tool.flake8-bgtasks]\nbaseline = "known.json"\n'
    (here / "pyproject.toml").write_text(known)
    assert cli("--write-baseline=known.json").code == 0
    assert cli().code == 0
    (here / "other.py").write_text("d = 'BGT103!'\n")
    assert cli().code == 1
    assert cli("--write-baseline=known.json").out.startswith("4 findings")
    assert cli().code == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "can't read the baseline"),
        ("", "is not a baseline; --write-baseline writes one"),
        ("[" * 100_000, "is not a baseline"),
        ("[]", "is not a baseline"),
        ('{"version": 1}', "is not a baseline"),
        ('{"version": 2, "findings": {}}', "a baseline of version 2, not 1"),
        ('{"version": 1, "findings": {"a.py": {"BGT101": {"x": -1}}}}', "is not a baseline"),
        ('{"version": 1, "findings": {"a.py": ["BGT101"]}}', "is not a baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(
    content: str | None, reason: str, here: Path, flake8: Flake8
) -> None:
    if content is not None:
        (here / "known.json").write_text(content)
    ran = cli("--baseline=known.json")
    assert (ran.code, ran.out) == (2, "")
    assert reason in ran.err
    status, out = flake8("--bgtasks-baseline=known.json", "other.py")
    assert status == 1
    assert reason in out


def test_flake8_reports_only_what_is_new(here: Path, flake8: Flake8) -> None:
    (here / "shop.py").write_text(MISTAKE)
    assert cli("--write-baseline=known.json", "shop.py", check=check).out.startswith("1 finding ")
    (here / ".flake8").write_text("[flake8]\nselect = BGT\nbgtasks-baseline = ./known.json\n")
    assert flake8("shop.py") == (0, "")
    (here / "shop.py").write_text(f"import os\n{MISTAKE}")
    assert flake8("shop.py") == (0, "")
    (here / "shop.py").write_text(MISTAKE.replace("tasks", "queue"))
    status, out = flake8("shop.py")
    assert (status, out.count("BGT101")) == (1, 1)
    assert out.splitlines() == cli("shop.py", check=check).lines


def test_only_a_file_is_replaced(tmp_path: Path) -> None:
    """Root could put a file in the place of a device."""
    pipe, outside = tmp_path / "pipe", tmp_path / "a/new/known.json"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="not a regular file"):
        replace_file(str(pipe), b"")
    assert pipe.is_fifo()
    replace_file(str(outside), b"{}")
    assert outside.read_bytes() == b"{}"
