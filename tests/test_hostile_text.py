"""What stands in a stranger's names and strings steers no terminal, server, browser or parser."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from flake8_bgtasks import engine
from flake8_bgtasks.commands import graph, tasks
from flake8_bgtasks.findings import Edit, Finding, Fix, Related, Span
from flake8_bgtasks.progress import ProgressBar
from flake8_bgtasks.reporters import FORMATS
from tests.fakes import FakeCheck, Stream, cli
from tests.server.editor import editing

if TYPE_CHECKING:
    from pathlib import Path

CONTROLS = "\x1b[31m\x07\r\n::error::own\u2028\u202e\x9b\udcff###[error]"
ALL = f"{CONTROLS}##[error]a##vso[task.b]c]]><script>`|\"'\\%0A"
COMMAND = "::set-output name=a::b"
SOURCE = """
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def helper(name):
    BackgroundTasks().add_task(print, name)


@app.post({path})
def create(name):
    helper(name)


@app.post("/mails")
def mail(tasks: BackgroundTasks):
    x[
::tasks.add_task({path}), 1  # ##[error]
]
"""
MARKED_UP = ("html", "junit", "svg", "mermaid")
DOCUMENTS = ("json", "sarif", "gitlab")


@pytest.fixture(params=[ALL, COMMAND], ids=["all", "command"])
def name(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a project of one file with a hostile name, and hostile strings."""
    path = ascii("/" + request.param)
    (tmp_path / "tox.ini").touch()
    (tmp_path / f"{request.param}.py").write_text(SOURCE.format(path=path))
    monkeypatch.chdir(tmp_path)
    return f"{request.param}.py"


def check_harmless(text: str, form: str = "") -> None:
    text.encode()
    assert {c for c in text if not c.isprintable()} <= {"\n", "\t"}
    commands = [line for line in text.splitlines() if line.strip().startswith("::")]
    assert all(line.startswith("::error file=") for line in commands)
    assert bool(commands) == (form == "github")
    assert "##[" not in text
    assert "##vso[" not in text
    if form in MARKED_UP:
        assert "]]><script>" not in text
    if form in ("svg", "junit"):
        ElementTree.fromstring(text)
    if form in DOCUMENTS:
        json.loads(text)


@pytest.mark.parametrize("form", FORMATS)
def test_reports(form: str, name: str) -> None:
    argv = (f"--format={form}", "--show-source", "--show-fixes", "--statistics", name)
    ran = cli(*argv, check=engine.check)
    assert (ran.code, "internal error" in ran.out) == (1, False)
    check_harmless(ran.out, form)
    check_harmless(ran.err)


@pytest.mark.parametrize("form", FORMATS)
def test_reports_of_whatever_a_finding_may_hold(form: str, name: str) -> None:
    text = name.removesuffix(".py")
    span = Span(1, 1, 1, 2)
    fix = Fix("safe", text, (Edit(name, span, text), Edit(f"{text}.pyi", span, text)))
    related = (Related(text, span, text), Related(text, span, text, step=text))
    found = (
        Finding(name, span, "BGT101", text, related, fix),
        Finding(name, span, "BGT102", text, refusal=text),
    )
    argv = (f"--format={form}", "--show-source", "--show-fixes", "--statistics")
    check_harmless(cli(*argv, check=FakeCheck(extra=found)).out, form)


@pytest.mark.parametrize(
    ("command", "form"),
    [
        *(("graph", form) for form in graph.FORMATS),
        *(("tasks", form) for form in tasks.RENDERERS),
    ],
)
def test_pictures_and_tables(command: str, form: str, name: str) -> None:
    ran = cli(command, f"--format={form}", name)
    assert "BGT101" in ran.out or form == "html"
    check_harmless(ran.out, form)
    check_harmless(ran.err)


@pytest.mark.usefixtures("name")
@pytest.mark.parametrize(
    "argv",
    [
        ("--diff",),
        ("--add-noqa",),
        ("--write-baseline=known.json",),
        ("--fix",),
        ("--baseline=./\x1b[31m::##[error]",),
        ("--select=\x1b[31m\n::error::x",),
        ("\x1b[31m\n::error::x##[error]",),
    ],
    ids=lambda argv: argv[0].partition("=")[0],
)
def test_what_is_said_beside_a_report(argv: tuple[str, ...]) -> None:
    ran = cli(*argv, "--color=never", check=engine.check, tty=True)
    check_harmless(ran.err)
    if argv != ("--diff",):
        check_harmless(ran.out)


@pytest.mark.parametrize(
    "argv",
    [
        *(("--show-fixes", "--show-source"), ("--diff",), ("--fix",), ("--add-noqa",)),
        *(("graph",), ("tasks",), ("--format=sarif",)),
    ],
    ids=" ".join,
)
def test_python_says_nothing_about_the_code(argv: tuple[str, ...], tmp_path: Path) -> None:
    """It would quote it, and does so from Python 3.12 on even if nobody asks for warnings."""
    path = ascii("/" + ALL)
    (tmp_path / "main.py").write_text(f"'\\\x1b[31m\\d'\n{SOURCE.format(path=path)}x is 1\n")
    command = [sys.executable, "-W", "always", "-m", "flake8_bgtasks", "--no-cache"]
    if argv[0] in ("graph", "tasks"):
        command.remove("--no-cache")
    ran = subprocess.run([*command, *argv], cwd=tmp_path, capture_output=True, check=False)
    assert b"Warning" not in ran.stderr
    check_harmless(ran.stderr.decode())


@pytest.mark.parametrize("form", ["default", "pylint", "bgtasks-json", "bgtasks-github"])
def test_flake8(form: str, tmp_path: Path) -> None:
    """Names of files and lines of source it prints itself, messages are ours."""
    (tmp_path / "main.py").write_text(SOURCE.format(path=ascii("/" + ALL)))
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=BGT", f"--format={form}"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert b"BGT101" in ran.stdout
    check_harmless(ran.stdout.decode(), form.removeprefix("bgtasks-"))


def test_editors(name: str, tmp_path: Path) -> None:
    async def session() -> None:
        async with editing(tmp_path) as editor:
            await editor.until(lambda: "BGT101" in editor.codes(name))
            for finding in editor.diagnostics(name):
                texts = [other.message for other in finding.related_information or ()]
                check_harmless("\n".join([finding.message, *texts]))

    asyncio.run(session())


def test_the_progress_bar() -> None:
    """Its stages are words of ours, and it is there for terminals only."""
    stream = Stream(tty=True)
    times = iter(range(100))
    bar = ProgressBar(stream, lambda: float(next(times)))
    bar("reading", 1, 2)
    bar.close()
    check_harmless(stream.getvalue().replace("\r", ""))
