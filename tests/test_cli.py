"""Arguments, answers, exit codes, and what a user sees when something goes wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks import __version__
from flake8_bgtasks.findings import Finding, Span
from flake8_bgtasks.options import OPTIONS
from flake8_bgtasks.rules import RULES
from tests.fakes import FakeCheck, Stream, cli, write_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOUND = Finding("app/x.py", Span(1, 1, 1, 2), "BGT101", "lost")
CRASHED = Finding("app/x.py", Span(1, 1, 1, 1), "BGT901", "internal error: ValueError")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"tox.ini": "", "app/x.py": "x = 1\n", "app/y.py": "", "tests/t.py": ""})
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLAKE8_BGTASKS_DEBUG", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("findings", "argv", "code"),
    [
        ((), [], 0),
        ((FOUND,), [], 1),
        ((FOUND,), ["--exit-zero"], 0),
        ((FOUND,), ["--ignore=BGT101"], 0),
        ((FOUND, CRASHED), [], 2),
        ((CRASHED,), ["--exit-zero", "--ignore=BGT"], 2),
    ],
)
def test_exit_codes(findings: tuple[Finding, ...], argv: Sequence[str], code: int) -> None:
    assert cli(*argv, check=FakeCheck(extra=findings)).code == code


def test_other_findings_are_printed_beside_an_internal_error() -> None:
    ran = cli(check=FakeCheck(extra=(CRASHED, FOUND)))
    assert ran.lines == [
        "./app/x.py:1:1: BGT901 internal error: ValueError",
        "./app/x.py:1:1: BGT101 lost",
    ]


def test_a_clean_run_prints_nothing() -> None:
    assert cli(tty=True) == cli()
    assert (cli().out, cli().err) == ("", "")


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--sel", "BGT"], "unrecognized arguments: --sel"),
        (["--select"], "argument --select: expected one argument"),
        (["--select", "XYZ1"], "--select: XYZ1 selects no rule; --list-rules shows them all"),
        (["--extend-select", "E,F"], "--extend-select: E,F selects no rule"),
        (["--select", "BGT999"], "--select: there is no rule BGT999"),
        (["--ignore", "BGT1011"], "--ignore: 'BGT1011' is not a code"),
        (["--ignore", "bgt1"], "--ignore: 'bgt1' is not a code"),
        (["--per-file-ignores", "x.py"], "--per-file-ignores: expected 'pattern:codes'"),
        (["--format", "xml"], "--format: expected one of text, concise, grouped"),
        (["--color", "blue"], "--color: expected one of auto, always, never"),
        (["--fastapi-version", "new"], "--fastapi-version: 'new' is not a version"),
        (["--project-root", "nope"], "--project-root: there is no folder nope"),
        (["--project-root", "app", "tests"], "tests lies outside the project root"),
        (["--explain", "BGT999"], "--explain: there is no rule BGT999"),
        (["--config", "nope.ini"], "--config: there is no file"),
        (["--stdin-filename", ""], "--stdin-filename: the value is empty"),
        (["nope.py"], "no such file or folder: nope.py"),
        (["app", "no\x1b[31m\npe"], r"no such file or folder: no\x1b[31m pe"),
    ],
    ids=str,
)
def test_a_mistake_is_named_in_one_line(argv: list[str], expected: str) -> None:
    ran = cli(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"flake8-bgtasks: error: {expected}")
    assert ran.err.count("\n") == 1


def test_foreign_codes_beside_ours_are_fine() -> None:
    check = FakeCheck(extra=(FOUND,))
    assert cli("--select=E,BGT", "--ignore=E203,W503", check=check).code == 1
    assert cli("--extend-ignore=E203", check=check).code == 1


def test_options_may_stand_between_paths_and_paths_may_look_like_options(here: Path) -> None:
    write_tree(here, {"-x.py": "BGT101!"})
    check = FakeCheck()
    assert cli("app", "--select=BGT1", "tests", check=check).code == 0
    assert check.call["reported"] == ("app/x.py", "app/y.py", "tests/t.py")
    assert cli("--isolated", "--", "-x.py").lines[0].startswith("-x.py:1:1: BGT101")


def test_the_whole_project_is_analysed_and_the_paths_are_reported(here: Path) -> None:
    check = FakeCheck()
    cli("app/x.py", check=check)
    assert check.call["root"] == str(here)
    assert set(check.call["files"]) == {"app/x.py", "app/y.py", "tests/t.py"}
    assert (check.call["reported"], check.call["named"]) == (("app/x.py",), ("app/x.py",))
    cli("--project-root=app", "app", check=check)
    assert set(check.call["files"]) == {"x.py", "y.py"}


def test_no_cache_and_cache_dir_are_accepted(here: Path) -> None:
    assert cli("--no-cache", "--cache-dir", str(here / "cache")).code == 0


def test_standard_input_takes_the_place_of_the_file_it_names(here: Path) -> None:
    check = FakeCheck()
    ran = cli("-", "--stdin-filename=./app/x.py", check=check, stdin=b"# BGT101!\n")
    assert ran.lines == ["./app/x.py:1:3: BGT101 the message of BGT101"]
    assert check.call["overlays"] == {"app/x.py": b"# BGT101!\n"}
    assert (check.call["reported"], check.call["named"]) == (("app/x.py",), ("app/x.py",))
    assert set(check.call["files"]) == {"app/x.py", "app/y.py", "tests/t.py"}
    assert check.call["root"] == str(here)


def test_standard_input_may_be_a_new_file_or_have_no_name() -> None:
    check = FakeCheck()
    new = cli("-", "--stdin-filename=app/sub/new.py", check=check, stdin=b"BGT101!")
    assert new.lines[0].startswith("app/sub/new.py:1:1:")
    assert "app/sub/new.py" in check.call["files"]
    assert cli("-", stdin=b"BGT101!").lines[0].startswith("stdin:1:1:")


def test_standard_input_may_stand_beside_paths() -> None:
    check = FakeCheck()
    cli("tests", "-", "--stdin-filename=app/x.py", check=check)
    assert check.call["reported"] == ("app/x.py", "tests/t.py")


def test_standard_input_shows_its_own_source() -> None:
    ran = cli("-", "--show-source", "--stdin-filename=app/x.py", stdin="é = 'BGT101!'\n".encode())
    assert ran.lines[1:] == ["é = 'BGT101!'", "     ^"]


def test_standard_input_outside_the_project_is_refused() -> None:
    ran = cli("-", "--stdin-filename=tests/t.py", "--project-root=app")
    assert ran.code == 2
    assert "tests/t.py lies outside the project root" in ran.err


def test_output_file_gets_the_report_without_colour(here: Path) -> None:
    check = FakeCheck(extra=(FOUND,))
    target = here / "new" / "report.txt"
    for _ in range(2):
        ran = cli("--output-file", str(target), check=check, tty=True)
        assert (ran.code, ran.out) == (1, "")
        assert target.read_bytes() == b"./app/x.py:1:1: BGT101 lost\n"


def test_output_file_that_cannot_be_written_is_named(here: Path) -> None:
    ran = cli("--output-file", str(here / "app"), check=FakeCheck(extra=(FOUND,)))
    assert ran.code == 2
    assert re.fullmatch(r"flake8-bgtasks: error: --output-file: can't write .*app: .+\n", ran.err)


def test_version_names_program_and_version() -> None:
    assert cli("--version").out == f"flake8-bgtasks {__version__}\n"


def test_help_names_every_option() -> None:
    text = cli("--help").out
    assert all(f"--{option.name}" in text for option in OPTIONS)


def test_list_rules_is_an_aligned_table_of_all_rules() -> None:
    header, *rows = cli("--list-rules").lines
    assert [row.split()[0] for row in rows] == [rule.code for rule in RULES]
    columns: dict[str, list[str]] = {
        "NAME": [rule.name for rule in RULES],
        "DEFAULT": ["on" if rule.on_by_default else "off" for rule in RULES],
        "FIX": [rule.fix for rule in RULES],
        "SUMMARY": [rule.summary for rule in RULES],
    }
    for title, texts in columns.items():
        start = header.index(title)
        assert [row[start : start + len(text)] for row, text in zip(rows, texts, strict=True)] == (
            texts
        )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_explain_prints_the_page(rule: object) -> None:
    code, page = getattr(rule, "code", ""), getattr(rule, "page", "")
    assert cli("--explain", code).out == cli("--explain", code.lower()).out == page
    assert page.startswith(f"# {code} ")


def test_questions_are_answered_in_spite_of_a_broken_configuration(here: Path) -> None:
    (here / "tox.ini").write_text("[flake8]\nbgtasks-foo = 1\n")
    assert cli("--version").code == 0
    assert cli().code == 2


def test_an_error_of_our_own_is_one_line_that_names_the_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = cli(check=FakeCheck(error=ValueError("odd\nthing")))
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(
        r"flake8-bgtasks: internal error: ValueError: odd thing "
        r"\(at cli\.py:\d+ in \w+; FLAKE8_BGTASKS_DEBUG=1 shows the traceback\)\n",
        ran.err,
    )
    monkeypatch.setenv("FLAKE8_BGTASKS_DEBUG", "1")
    assert "Traceback" in cli(check=FakeCheck(error=ValueError("odd"))).err


def test_an_error_in_a_reporter_is_an_internal_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("flake8_bgtasks.reporters.text.render")
    ran = cli("--exit-zero", check=FakeCheck(extra=(FOUND,)))
    assert ran.code == 2
    assert "internal error: AttributeError" in ran.err


def test_an_interrupt_is_quiet() -> None:
    assert vars(cli(check=FakeCheck(error=KeyboardInterrupt()))) == {
        "code": 130,
        "out": "",
        "err": "",
    }


def test_progress_is_shown_on_a_terminal_after_a_second() -> None:
    from flake8_bgtasks.progress import ProgressBar

    now = 0.0
    stream = Stream(tty=True)
    bar = ProgressBar(stream, clock=lambda: now)
    bar("reading", 1, 10)
    assert stream.getvalue() == ""
    now = 1.5
    bar("reading", 5, 10)
    bar("reading", 6, 10)
    assert stream.getvalue() == f"\rreading [{'#' * 15}{'.' * 15}] 5/10"
    now = 2.0
    bar("ok", 0, 0)
    assert stream.getvalue().endswith(f"\rok [{'.' * 30}] 0/0" + " " * 6)
    bar.close()
    assert stream.getvalue().endswith("\r" + " " * 39 + "\r")


def test_progress_is_not_shown_elsewhere() -> None:
    from flake8_bgtasks.progress import ProgressBar

    stream = Stream(tty=False)
    times = iter([0.0, 5.0, 9.0])
    bar = ProgressBar(stream, clock=lambda: next(times))
    bar("reading", 1, 10)
    bar.close()
    assert stream.getvalue() == ""
