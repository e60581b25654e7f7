"""flake8 and the command line print the same lines: on every fixture project, in any mode.

All projects are copied into one tree, since what costs time is to start an analysis. `COMMON_NAMES`
are the cases that lose a finding there: they keep tasks in an attribute of a common name, and among
so many projects one reads an attribute of that name from an object that isn't known.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from flake8.main.cli import main as run_flake8

from flake8_bgtasks.cli import Console
from flake8_bgtasks.cli import run as run_command_line
from tests.fakes import Stream, write_tree
from tests.fixture_cases import Case, all_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

NEWEST = "0.165.0"
SELECT = "--select=BGT"
CASES = [case for case in all_cases() if case.fastapi_version is None]
SAMPLE = random.Random(0).sample(all_cases(), 20)
# What another project of the same tree has makes something unknown here: an attribute of the same
# name, a subclass that overrides `add_task`, an application with other handlers or middleware.
DISTURBED = {
    *("BGT101/bad_kept_by_property", "BGT101/bad_service_class", "BGT102/bad_class_attribute"),
    *("BGT201/bad_stray_init_in_root", "BGT202/bad_service_method_adds"),
    "BGT403/bad_handler_wrapped_in_a_loop",
    *(
        "BGT102/bad_made_at_startup",
        "BGT202/bad_service_constructor",
        "BGT402/bad_in_service_class",
    ),
    *("BGT403/bad_goes_out_of_sight", "BGT403/bad_in_dependency", "BGT502/bad_fresh_and_attached"),
    *("BGT502/bad_in_helpers", "BGT502/bad_inside_expressions", "BGT507/bad_handler_of_base_class"),
    *("BGT507/bad_handlers_of_constructor", "BGT507/bad_own_exception"),
    *("BGT508/bad_on_the_class", "BGT604/bad_captured", "BGT604/bad_middleware_of_another_app"),
    *("BGT604/bad_in_dependency", "BGT604/bad_json_in_task", "BGT604/bad_kept_by_object"),
    *("BGT604/bad_through_helper", "BGT604/bad_with_response"),
}
LINE = re.compile(r"\./(?P<case>\w+/\w+)/(?P<path>[^:]+):(?P<row>\d+):\d+: (?P<code>BGT\d{3}) ")
START_METHODS = [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]

# Starts flake8 with the start method given first.
DRIVER = """\
import multiprocessing, sys
from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
"""


def copied(cases: Iterable[Case], root: Path) -> Path:
    write_tree(root, {f"{c}/{f}": (c.folder / f).read_bytes() for c in cases for f in c.files})
    write_tree(root, {"setup.cfg": ""})
    return root


def printed(root: Path, *command: str) -> list[str]:
    """Run a program in `root`; return its lines with `/` in their paths."""
    done = subprocess.run(
        [sys.executable, *command, SELECT],
        cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout.replace("\\", "/").splitlines()


def by_flake8(root: Path, method: str, jobs: int) -> list[str]:
    write_tree(root.parent, {"driver.py": DRIVER})
    driver = str(root.parent / "driver.py")
    return printed(root, driver, method, f"-j{jobs}", f"--bgtasks-fastapi-version={NEWEST}")


def by_command_line(root: Path) -> list[str]:
    return printed(root, "-m", "flake8_bgtasks", f"--fastapi-version={NEWEST}")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(CASES, tmp_path_factory.mktemp("faces") / "projects")


@pytest.fixture(scope="module")
def expected(tree: Path) -> list[str]:
    return by_command_line(tree)


def test_projects_side_by_side_keep_their_findings(expected: Sequence[str]) -> None:
    matches = [LINE.match(line) for line in expected]
    found = {(m["case"], m["path"], int(m["row"]), m["code"]) for m in matches if m}
    marked = {(str(case), *mark) for case in CASES for mark in case.marks}
    assert len(expected) == len(found)
    assert found <= marked
    assert {case for case, *_ in marked - found} <= DISTURBED


def test_one_process(tree: Path, expected: Sequence[str]) -> None:
    assert by_flake8(tree, START_METHODS[-1], jobs=1) == expected


@pytest.mark.skipif("fork" not in START_METHODS, reason="this system can't fork")
def test_forked_processes(tree: Path, expected: Sequence[str]) -> None:
    assert by_flake8(tree, "fork", jobs=4) == expected


def test_spawned_processes(tmp_path: Path) -> None:
    """Each of them analyses the whole tree: a third of the cases must do."""
    root = copied(CASES[::3], tmp_path / "projects")
    assert by_flake8(root, "spawn", jobs=4) == by_command_line(root)


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_a_project_alone(
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(copied([case], tmp_path))
    version = case.fastapi_version or NEWEST
    for path in (".", *case.files):
        out = Stream(tty=False)
        console = Console(out, Stream(tty=False), bytes)
        run_command_line([SELECT, f"--fastapi-version={version}", f"{case}/{path}"], console)
        run_flake8([SELECT, f"--bgtasks-fastapi-version={version}", "-j1", f"{case}/{path}"])
        assert capfd.readouterr().out == out.getvalue()
