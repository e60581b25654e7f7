"""`flake8 --fix`: repaired first, by one process, then reported by flake8."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.fakes import write_tree
from tests.test_fix import AFTER, BEFORE, FIXED_HELPER, UNSAFE

if TYPE_CHECKING:
    from pathlib import Path

START_METHODS = [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]
FIXED = "flake8-bgtasks: Fixed 1 finding in 2 files\n"

# Starts flake8 with the start method given first.
DRIVER = """\
import multiprocessing, sys
from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
"""
OTHER_PLUGIN = """\
class Other:
    name, version = "other", "1"

    def __init__(self, tree):
        pass

    @staticmethod
    def add_options(manager):
        manager.add_option("--fix", action="store_true", help="mine")

    def run(self):
        return iter(())
"""
LOCAL = """\
[flake8:local-plugins]
extension =
  ZZZ = other:Other
paths = ./plugins
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    write_tree(root, {**BEFORE, "setup.cfg": ""})
    write_tree(tmp_path, {"driver.py": DRIVER})
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return root


def flake8(
    here: Path, *arguments: str, method: str = START_METHODS[-1], stdin: str | None = None
) -> tuple[int, str, str]:
    """Run flake8; return its exit status, standard output and standard error."""
    command = [sys.executable, str(here.parent / "driver.py"), method, "--select=BGT", *arguments]
    done = subprocess.run(
        command, cwd=here, input=stdin, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def files(here: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in here.glob("*.py")}


@pytest.mark.parametrize("option", ["--fix", "--bgtasks-fix", "--fix-bgtasks"])
def test_fix(here: Path, option: str) -> None:
    assert flake8(here, option, "-j1") == (0, "", FIXED)
    assert files(here) == AFTER
    assert flake8(here, option, "-j1") == (0, "", "")


@pytest.mark.parametrize("method", START_METHODS)
def test_one_process_repairs(here: Path, method: str) -> None:
    """Whatever the workers do: they read what is repaired."""
    more = {f"m{number}.py": UNSAFE.replace("/orders", f"/{number}") for number in range(4)}
    write_tree(here, more)
    code, out, err = flake8(here, "--fix", "-j3", method=method)
    assert code == 1
    assert err == FIXED.replace("\n", "; 4 need --unsafe-fixes\n")
    assert sorted(line.partition(" ")[0] for line in out.splitlines()) == [
        f"./{name}:9:5:" for name in more
    ]
    assert files(here) == {**AFTER, **more}


def test_unsafe_fixes(here: Path) -> None:
    write_tree(here, {"orders.py": UNSAFE})
    code, _, err = flake8(here, "--fix", "--bgtasks-unsafe-fixes", "-j1")
    assert (code, err) == (0, "flake8-bgtasks: Fixed 2 findings in 3 files\n")


def test_what_flake8_does_not_report_is_not_repaired(here: Path) -> None:
    noqa = BEFORE["helper.py"].replace("Tasks()\n", "Tasks()  # noqa: BGT101\n")
    write_tree(here, {"helper.py": noqa})
    assert flake8(here, "--fix", "-j1") == (0, "", "")
    write_tree(here, {"helper.py": BEFORE["helper.py"]})
    for arguments in (["--ignore=BGT"], ["--per-file-ignores=helper.py:BGT101"], ["main.py"]):
        assert flake8(here, "--fix", "-j1", *arguments) == (0, "", "")
    assert files(here) == BEFORE


def test_another_plugin_may_own_the_option(here: Path) -> None:
    write_tree(here, {"setup.cfg": LOCAL, "plugins/other.py": OTHER_PLUGIN})
    code, _, err = flake8(here, "--fix", "-j1")
    assert (code, err) == (1, "")
    assert files(here) == BEFORE
    assert flake8(here, "--bgtasks-fix", "-j1") == (0, "", FIXED)


def test_it_cannot_be_switched_on_in_a_file(here: Path) -> None:
    """Editors run flake8 too, and nobody wants them to change files."""
    write_tree(here, {"setup.cfg": "[flake8]\nbgtasks-fix = true\nfix = true\n"})
    assert flake8(here, "-j1")[0] == 1
    assert files(here) == BEFORE


def test_standard_input_is_left_alone(here: Path) -> None:
    _, _, err = flake8(here, "--fix", "-", stdin=BEFORE["helper.py"])
    assert err.startswith("flake8-bgtasks: standard input is not repaired")
    assert files(here) == BEFORE


def test_a_wrong_style_is_named(here: Path) -> None:
    code, out, err = flake8(here, "--bgtasks-fix-style=magic")
    assert code == 1
    assert "--bgtasks-fix-style: expected one of auto, depends, thread" in out + err


def test_a_file_that_is_fixed_already_stays(here: Path) -> None:
    write_tree(here, AFTER)
    before = (here / "helper.py").stat().st_mtime_ns
    assert flake8(here, "--fix", "-j1") == (0, "", "")
    assert (here / "helper.py").stat().st_mtime_ns == before
    assert (here / "helper.py").read_text() == FIXED_HELPER
