"""The command line face as a process: streams that break, signals, and what it imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import write_tree

ROOT = Path(__file__).parent.parent
# The program, with an engine that finds marks.
PROGRAM = """
import sys
from tests.fakes import FakeCheck
from flake8_bgtasks import __main__, engine
engine.check = FakeCheck()
sys.argv.insert(1, "--no-cache")
sys.exit(__main__.program())
"""
END = "sys.exit(__main__.program())"
# The same, with an engine that is never done; where the tests run in the background, Ctrl-C may be
# ignored.
ENDLESS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
ENDLESS += PROGRAM.replace(
    "FakeCheck()", "lambda *a, **k: print('started', flush=True) or __import__('time').sleep(60)"
)

unix = pytest.mark.skipif(sys.platform == "win32", reason="a Unix shell is needed")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has /dev/full")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"tox.ini": "", "x.py": "# BGT101!\n" * 20_000})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def start(program: str, *argv: str, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", program, *argv]
    return subprocess.Popen(command, **{"stderr": subprocess.PIPE, **options})


def finish(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    """Wait; return exit code and standard error."""
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_module_and_program_are_the_same() -> None:
    command = [sys.executable, "-m", "flake8_bgtasks", "--version"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("flake8-bgtasks ")


@pytest.mark.parametrize(
    ("at_end", "said"),
    [
        ("type('Kept', (), {'__del__': lambda self: print('tidied up')})", ""),
        ("__import__('atexit').register(print, 'called')", "called\n"),
    ],
)
def test_the_process_ends_at_once_but_for_those_who_wait_for_it(at_end: str, said: str) -> None:
    (Path() / "clean.py").touch()
    code = f"""
from flake8_bgtasks.__main__ import program
made = {at_end}
kept = made() if isinstance(made, type) else None
program()
"""
    command = [sys.executable, "-c", code, "clean.py"]
    for _ in range(2):
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        assert (run.stdout, run.stderr) == (said, "")


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = start(PROGRAM, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"./x.py:1:3: BGT101 the message of BGT101\n" or (
        sys.platform == "win32"
    )
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == b""
    assert process.wait(60) == 1


@linux
def test_a_full_disk_is_named() -> None:
    with open("/dev/full", "wb") as full:
        code, err = finish(start(PROGRAM, stdout=full))
    assert (code, err) == (
        2,
        b"flake8-bgtasks: error: can't write the report: No space left on device\n",
    )


@unix
def test_closed_streams_are_no_error() -> None:
    command = f"'{sys.executable}' -c \"$PROGRAM\" - <&- >&- 2>&-"
    environment = {**os.environ, "PROGRAM": PROGRAM}
    assert subprocess.run(command, shell=True, env=environment, check=False).returncode == 0


@unix
def test_ctrl_c_is_quiet() -> None:
    process = start(ENDLESS, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"started\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert finish(process) == (130, b"")


def test_output_is_utf8_whatever_the_locale(here: Path) -> None:
    write_tree(here, {"x.py": "# BGT101! é\n"})
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    process = start(PROGRAM, "--show-source", stdout=subprocess.PIPE, env=environment)
    out, _ = process.communicate(timeout=60)
    assert out.decode().splitlines()[1] == "# BGT101! é"


def test_a_clean_run_imports_neither_libcst_nor_flake8(here: Path) -> None:
    write_tree(here, {"setup.cfg": "[flake8]\nexclude = x.py\n"})
    program = PROGRAM.replace(END, "print(__main__.main(), *sys.modules)")
    process = start(program, stdout=subprocess.PIPE)
    out, _ = process.communicate(timeout=60)
    code, *modules = out.decode().split()
    assert code == "0"
    heavy = {"libcst", "jsonschema", "fastapi", "flake8.style_guide", "flake8.options"}
    assert heavy.isdisjoint(modules)
