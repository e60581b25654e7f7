"""`--fix` and `--diff` of the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from flake8_bgtasks.engine import Run
from flake8_bgtasks.fixes.write import write
from tests.fakes import Ran, cli, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_bgtasks.fixes.plans import Style
    from flake8_bgtasks.tracking.program import Program

HELPER = """\
from fastapi import BackgroundTasks


def notify(email: str) -> None:
    tasks = BackgroundTasks()
    tasks.add_task(print, email)
"""
FIXED_HELPER = """\
from fastapi import BackgroundTasks


def notify(email: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(print, email)
"""
ROUTE = """\
from fastapi import FastAPI

from helper import notify

app = FastAPI()


@app.post("/users")
def create_user(email: str) -> None:
    notify(email)
"""
FIXED_ROUTE = """\
from fastapi import BackgroundTasks, FastAPI

from helper import notify

app = FastAPI()


@app.post("/users")
def create_user(email: str, background_tasks: BackgroundTasks) -> None:
    notify(email, background_tasks)
"""
UNSAFE = """\
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


@app.post("/orders")
async def create_order(tasks: BackgroundTasks) -> None:
    tasks.add_task(print, "order")
    await tasks()
"""
REFUSED = """\
import asyncio

from fastapi import BackgroundTasks, WebSocket

from main import app


def log(text: str) -> None:
    BackgroundTasks().add_task(print, text)


@app.websocket("/chat")
async def chat(socket: WebSocket) -> None:
    log("chat")
"""
BEFORE = {"helper.py": HELPER, "main.py": ROUTE}
AFTER = {"helper.py": FIXED_HELPER, "main.py": FIXED_ROUTE}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    write_tree(root, {**BEFORE, "pyproject.toml": ""})
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return root


def run(*argv: str, stdin: bytes = b"", tty: bool = False) -> Ran:
    from flake8_bgtasks.engine import check

    return cli(*argv, check=check, stdin=stdin, tty=tty)


def files(here: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in here.glob("*.py")}


def test_fix(here: Path) -> None:
    ran = run("--fix")
    assert files(here) == AFTER
    assert ran == Ran(0, "", "flake8-bgtasks: Fixed 1 finding in 2 files\n")
    assert run("--fix") == Ran(0, "", "")
    assert files(here) == AFTER


def test_plain_runs_change_nothing(here: Path) -> None:
    assert run().code == 1
    assert files(here) == BEFORE


def test_plain_runs_load_nothing_that_repairs(here: Path) -> None:
    script = (
        "import sys; from flake8_bgtasks.__main__ import main; main()\n"
        "print(*[name for name in sys.modules if name.startswith('flake8_bgtasks.fixes')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=here, capture_output=True, text=True, check=True
    )
    finding, modules = done.stdout.splitlines()
    assert "BGT101" in finding
    assert modules == ""


def test_one_path_chooses_what_is_repaired_not_where(here: Path) -> None:
    assert run("--fix", "main.py").out == ""
    assert files(here) == BEFORE
    assert run("--fix", "helper.py").code == 0
    assert files(here) == AFTER


def test_unsafe_fixes_are_made_on_demand(here: Path) -> None:
    write_tree(here, {"orders.py": UNSAFE})
    ran = run("--fix")
    assert ran.code == 1
    assert ran.err == "flake8-bgtasks: Fixed 1 finding in 2 files; 1 needs --unsafe-fixes\n"
    assert "orders.py:9:5: BGT105 " in ran.out
    assert run("--fix").err == "flake8-bgtasks: 1 needs --unsafe-fixes\n"
    ran = run("--fix", "--unsafe-fixes")
    assert ran == Ran(0, "", "flake8-bgtasks: Fixed 1 finding in 1 file\n")
    assert (here / "orders.py").read_text() == UNSAFE.replace("    await tasks()\n", "")


def test_what_cannot_be_repaired_is_said(here: Path) -> None:
    write_tree(here, {"chat.py": REFUSED})
    ran = run("--fix")
    assert ran.code == 1
    start = "flake8-bgtasks: Fixed 1 finding in 2 files; 1 can't be fixed: "
    assert ran.err.startswith(start)
    assert "chat" in ran.err[len(start) :]
    assert files(here) == {**AFTER, "chat.py": REFUSED}


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        ((), "    tasks = BackgroundTasks()  # noqa\n"),
        ((), "    tasks = BackgroundTasks()  # noqa: BGT101\n"),
        (("--ignore=BGT101",), ""),
        (("--select=BGT2",), ""),
        (("--per-file-ignores=helper.py:BGT1",), ""),
        (("--exclude=helper.py",), ""),
    ],
)
def test_what_is_not_reported_is_not_repaired(here: Path, argv: tuple[str, ...], line: str) -> None:
    source = HELPER.replace("    tasks = BackgroundTasks()\n", line) if line else HELPER
    write_tree(here, {"helper.py": source})
    assert run("--fix", *argv) == Ran(0, "", "")
    assert files(here) == {**BEFORE, "helper.py": source}


def test_a_read_only_file_is_said(here: Path) -> None:
    (here / "main.py").chmod(0o444)
    ran = run("--fix")
    assert ran.code == 1
    assert ran.err == "flake8-bgtasks: 1 can't be fixed: main.py is read-only\n"
    assert files(here) == BEFORE


def test_diff(here: Path) -> None:
    ran = run("--diff")
    assert ran.code == 1
    assert ran.err == "flake8-bgtasks: Would fix 1 finding in 2 files\n"
    assert files(here) == BEFORE
    assert not (here.parent / "state").exists()
    git(here, "init", "-q")
    git(here, "apply", "-", patch=ran.out.encode())
    assert files(here) == AFTER
    assert run("--diff") == Ran(0, "", "")


def test_diff_takes_any_bytes(here: Path) -> None:
    """Other encodings, line ends, no final newline, and names that have to be quoted."""
    head = "# coding: latin-1\n# café\n".encode("latin-1")
    before = {
        "my routes.py": head + ROUTE.encode().rstrip(),
        "colour\x1b[31m\u202e.py": ROUTE.replace("/users", "/x").encode(),
        'café "x".py': ROUTE.replace("/users", "/u").encode().replace(b"\n", b"\r\n"),
    }
    (here / "main.py").unlink()
    write_tree(here, before)
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "flake8_bgtasks"]
    done = subprocess.run(
        [*command, "--diff"], cwd=here, env=environment, capture_output=True, check=False
    )
    assert not any(sign in done.stdout for sign in (b"\x1b", "\u202e".encode()))
    copy = here.parent / "copy"
    write_tree(copy, {**before, "helper.py": HELPER})
    git(copy, "init", "-q")
    git(copy, "apply", "--whitespace=nowarn", "-", patch=done.stdout)
    subprocess.run([*command, "--fix"], cwd=here, env=environment, capture_output=True, check=True)
    for name in [*before, "helper.py"]:
        assert (copy / name).read_bytes() == (here / name).read_bytes()
        assert b"background_tasks" in (here / name).read_bytes() or name == "helper.py"


def test_a_diff_does_not_steer_a_terminal(here: Path) -> None:
    write_tree(here, {"helper.py": HELPER.replace("notify(email: str)", 'notify(email="\x1b[2J")')})
    assert "\x1b" in run("--diff").out
    assert r'-def notify(email="\x1b[2J")' in run("--diff", tty=True).out


def git(folder: Path, *arguments: str, patch: bytes | None = None) -> None:
    subprocess.run(["git", *arguments], cwd=folder, input=patch, check=True, capture_output=True)


def test_diff_from_a_folder_below(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(here, {"sub/__init__.py": ""})
    monkeypatch.chdir(here / "sub")
    assert "--- a/../helper.py\n" in run("--diff", "..").out


def test_standard_input(here: Path) -> None:
    source = UNSAFE.replace("    await tasks()\n", "").replace("fastapi import Back", "X").encode()
    old = source.replace(b"from X", b"from starlette.background import Back", 1)
    old = old.replace(b", FastAPI\n", b"\nfrom fastapi import FastAPI\n", 1)
    ran = run("--fix", "--stdin-filename=orders.py", "-", stdin=old)
    assert ran.code == 0
    assert ran.out.startswith("from fastapi import BackgroundTasks, FastAPI\n\napp")
    assert ran.err == "flake8-bgtasks: Fixed 1 finding in 1 file\n"
    assert files(here) == BEFORE


def test_standard_input_that_stays_as_it_is_comes_back(here: Path) -> None:
    ran = run("--fix", "--stdin-filename=helper.py", "-", stdin=HELPER.encode())
    assert (ran.code, ran.out) == (1, HELPER)
    summary, finding = ran.err.splitlines()
    assert summary == "flake8-bgtasks: 1 can't be fixed: the fix also changes main.py"
    assert finding.startswith("helper.py:5:13: BGT101 ")
    assert files(here) == BEFORE


def test_json_counts_and_shows_fixes(here: Path) -> None:
    write_tree(here, {"orders.py": UNSAFE, "chat.py": REFUSED})
    report = json.loads(run("--format=json").out)
    assert report["summary"]["fixable"] == 2
    by_path = {finding["path"]: finding for finding in report["findings"]}
    fix = by_path["helper.py"]["fix"]
    assert fix["applicability"] == "safe"
    assert {edit["path"] for edit in fix["edits"]} == {"helper.py", "main.py"}
    assert by_path["orders.py"]["fix"]["applicability"] == "unsafe"
    assert by_path["chat.py"]["refusal"]
    after = json.loads(run("--format=json", "--fix").out)
    assert after["summary"]["fixed"] == 1
    assert after["summary"]["fixable"] == 1


def test_what_is_left_is_what_a_check_finds(here: Path) -> None:
    broken = {"broken.py": "def (\n", "quiet.py": "x = 1\n"}
    write_tree(here, {"orders.py": UNSAFE, "chat.py": REFUSED, **broken})
    left = json.loads(run("--format=json", "--fix").out)
    checked = json.loads(run("--format=json").out)
    assert {finding["code"] for finding in left["findings"]} >= {"BGT900", "BGT101"}
    assert left["findings"] == checked["findings"]
    changing = {"fixed": None, "elapsed_seconds": None}
    assert left["summary"] | changing == checked["summary"] | changing


def test_a_repair_looks_at_the_project_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    class Counted(Run):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            looks.append(self)
            super().__init__(*arguments, **options)

    monkeypatch.setattr("flake8_bgtasks.engine.Run", Counted)
    monkeypatch.setattr("flake8_bgtasks.repair.Run", Counted)
    assert run("--fix").code == 0
    assert len(looks) == 2


def test_what_others_write_during_a_repair_is_seen(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def and_others(*arguments: Any) -> None:
        write(*arguments)
        (here / "helper.py").write_text(HELPER)

    monkeypatch.setattr("flake8_bgtasks.fixes.write.write", and_others)
    ran = run("--fix")
    assert ran.code == 1
    assert "helper.py:5:13: BGT101 " in ran.out


def test_style_reaches_the_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    from flake8_bgtasks.fixes.plans import Planning

    styles = []

    class Asked(Planning):
        def __init__(self, program: Program, style: Style) -> None:
            styles.append(style)
            super().__init__(program, style)

    monkeypatch.setattr("flake8_bgtasks.fixes.plans.Planning", Asked)
    run("--diff", "--fix-style=thread")
    run("--show-fixes", "--fix-style=depends")
    assert set(styles) == {"thread", "depends"}


def test_two_runs_at_once(here: Path) -> None:
    modules = {f"m{n}.py": UNSAFE.replace("/orders", f"/{n}") for n in range(6)}
    write_tree(here, modules)
    command = [sys.executable, "-m", "flake8_bgtasks", "--fix", "--unsafe-fixes"]
    runs = [subprocess.Popen(command, cwd=here, stderr=subprocess.PIPE) for _ in range(2)]
    said = b"".join(run.communicate()[1] for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert said == b"flake8-bgtasks: Fixed 7 findings in 8 files\n"
    repaired = {name: text.replace("    await tasks()\n", "") for name, text in modules.items()}
    assert files(here) == {**AFTER, **repaired}
