"""What each format prints, and that nothing harmful gets through."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from flake8_bgtasks.findings import Edit, Finding, Fix, Related, Span
from flake8_bgtasks.terminal import printable
from tests.fakes import FakeCheck, cli, write_tree

if TYPE_CHECKING:
    from pathlib import Path

SPAN = Span(2, 5, 2, 22)
FULL = Finding(
    path="src/app.py",
    span=SPAN,
    code="BGT101",
    message="nothing runs it, 100%: reached from POST /users",
    related=(Related("src/routes.py", Span(7, 1, 9, 2), "the route", step="POST /users"),),
    fix=Fix("safe", "Inject it", (Edit("src/app.py", SPAN, "tasks\n"),)),
)
REFUSED = Finding("src/app.py", Span(1, 1, 1, 3), "BGT103", "gone", refusal="nobody awaits it")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"src/app.py": "ab\n\tx = call(é)\n", "src/routes.py": "", "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(*argv: str, findings: tuple[Finding, ...] = (FULL, REFUSED)) -> Any:
    """Run with --format json, and validate against the schema that ships with the package."""
    ran = cli("--format=json", *argv, check=FakeCheck(extra=findings))
    assert ran.out.isascii()
    document = json.loads(ran.out)
    schema = json.loads(files("flake8_bgtasks.reporters").joinpath("schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    return document


@pytest.mark.usefixtures("here")
def test_json_holds_all_that_is_known() -> None:
    document = report()
    refused, full = document["findings"]
    assert document["version"] == 1
    position = {"path": "src/app.py", "line": 2, "column": 5, "end_line": 2, "end_column": 22}
    assert full == {
        "code": "BGT101",
        "name": "unattached-background-tasks",
        "message": FULL.message,
        **position,
        "related": [
            {
                "path": "src/routes.py",
                "line": 7,
                "column": 1,
                "message": "the route",
            }
        ],
        "fix": {
            "applicability": "safe",
            "title": "Inject it",
            "edits": [{**position, "text": "tasks\n"}],
        },
        "refusal": None,
    }
    assert (refused["fix"], refused["refusal"], refused["related"]) == (
        None,
        "nobody awaits it",
        [],
    )
    summary = document["summary"]
    assert 0 <= summary.pop("elapsed_seconds") < 60
    assert summary == {"files": 2, "parsed": 0, "findings": 2, "fixable": 1, "fixed": 0}


@pytest.mark.usefixtures("here")
def test_json_is_a_report_even_if_nothing_is_found() -> None:
    document = report(findings=())
    assert document["findings"] == []
    assert document["summary"]["findings"] == 0


def test_json_paths_are_relative_to_the_working_directory(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [finding["path"] for finding in report(str(here))["findings"]] == ["src/app.py"] * 2
    monkeypatch.chdir(here / "src")
    assert report(".")["findings"][1]["related"][0]["path"] == "routes.py"
    (here / "other").mkdir()
    monkeypatch.chdir(here / "other")
    assert report("../src")["findings"][0]["path"] == "../src/app.py"


@pytest.mark.usefixtures("here")
def test_json_counts_only_what_is_selected_and_keeps_statistics_out() -> None:
    ran = cli("--format=json", "--statistics", "--select=BGT103", check=FakeCheck(extra=(REFUSED,)))
    assert json.loads(ran.out)["summary"]["findings"] == 1
    assert ran.err == "1     BGT103 gone\n"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("key", ["version", "findings", "summary"])
def test_the_schema_refuses_an_incomplete_report(key: str) -> None:
    document = report()
    del document[key]
    schema = json.loads(files("flake8_bgtasks.reporters").joinpath("schema.json").read_text())
    assert not Draft202012Validator(schema).is_valid(document)


@pytest.mark.usefixtures("here")
def test_github_annotations_are_escaped() -> None:
    odd = Finding("src/a,b:c%.py", SPAN, "BGT102", "100%\nsecond line: x, y")
    ran = cli("--format=github", check=FakeCheck(extra=(odd, REFUSED)))
    assert ran.lines == [
        "::error file=src/a%2Cb%3Ac%25.py,line=2,col=5,endLine=2,endColumn=22,"
        "title=BGT102 shared-background-tasks::100%25%0Asecond line: x, y",
        "::error file=src/app.py,line=1,col=1,endLine=1,endColumn=3,"
        "title=BGT103 discarded-background-task::gone",
    ]


@pytest.mark.usefixtures("here")
def test_show_source_prints_the_line_and_a_caret_under_the_column() -> None:
    finding = Finding("src/app.py", Span(2, 6, 2, 10), "BGT101", "m")
    ran = cli("--show-source", check=FakeCheck(extra=(finding,)))
    assert ran.lines == ["./src/app.py:2:6: BGT101 m", "\tx = call(é)", "\t    ^"]


@pytest.mark.usefixtures("here")
def test_show_source_names_the_places_that_explain_a_finding() -> None:
    ran = cli("--show-source", check=FakeCheck(extra=(FULL,)))
    assert ran.lines[3:] == ["    ./src/routes.py:7:1: the route"]


@pytest.mark.usefixtures("here")
def test_show_fixes_prints_a_diff_or_why_there_is_none() -> None:
    span = Span(2, 6, 2, 10)
    edits = (Edit("src/app.py", span, "queue"), Edit("src/routes.py", Span(1, 1, 1, 1), "b\n"))
    finding = Finding("src/app.py", span, "BGT101", "m", fix=Fix("unsafe", "Call queue", edits))
    ran = cli("--show-fixes", check=FakeCheck(extra=(finding, REFUSED)))
    assert ran.lines == [
        "./src/app.py:1:1: BGT103 gone",
        "    no fix: nobody awaits it",
        "./src/app.py:2:6: BGT101 m",
        "    unsafe fix: Call queue",
        "    --- src/app.py",
        "    +++ src/app.py",
        "    @@ -1,2 +1,2 @@",
        "     ab",
        "    -\tx = call(é)",
        "    +\tx = queue(é)",
        "    --- src/routes.py",
        "    +++ src/routes.py",
        "    @@ -0,0 +1 @@",
        "    +b",
    ]


@pytest.mark.usefixtures("here")
def test_concise_and_grouped() -> None:
    check = FakeCheck(extra=(FULL, REFUSED))
    assert cli("--format=concise", check=check).lines == [
        "./src/app.py:1:1: BGT103 a background task is made or called, but never runs",
        "./src/app.py:2:5: BGT101 BackgroundTasks() is made here but nothing runs it",
    ]
    many = Finding("src/app.py", Span(10, 12, 10, 13), "BGT102", "many")
    assert cli("--format=grouped", check=FakeCheck(extra=(many, REFUSED))).lines == [
        "./src/app.py:",
        "    1:1  BGT103  gone",
        "  10:12  BGT102  many",
        "",
    ]


@pytest.mark.parametrize(
    ("source", "column", "shown"),
    [
        (b"a\x1b[1mb = c", 6, ["a\\x1b[1mb = c", " " * 8 + "^"]),
        (b"x\x0cy", 3, ["x\\x0cy", " " * 5 + "^"]),
        (b"abc", 4, ["abc", "   ^"]),
        (b"abc", 99, ["abc", "   ^"]),
        (b"", 1, []),
    ],
)
def test_show_source_stays_under_the_column(
    source: bytes, column: int, shown: list[str], here: Path
) -> None:
    (here / "src/app.py").write_bytes(source)
    finding = Finding("src/app.py", Span(1, column, 1, column), "BGT900", "m")
    ran = cli("--show-source", check=FakeCheck(extra=(finding,)))
    assert ran.lines[1:] == shown


def test_show_source_prints_only_a_part_of_a_very_long_line(here: Path) -> None:
    (here / "src/app.py").write_text("x" * 500_000 + "HERE" + "y" * 500_000)
    finding = Finding("src/app.py", Span(1, 500_001, 1, 500_005), "BGT101", "m")
    _, source, caret = cli("--show-source", check=FakeCheck(extra=(finding,))).lines
    assert len(source) == 200
    assert source[caret.index("^") :].startswith("HERE")


@pytest.mark.usefixtures("here")
def test_colours_only_where_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    def colours(*argv: str, tty: bool) -> bool:
        return "\x1b[" in cli(*argv, check=FakeCheck(extra=(FULL,)), tty=tty).out

    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert colours(tty=True)
    assert not colours(tty=False)
    assert not colours("--color=never", tty=True)
    assert colours("--color=always", tty=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert colours(tty=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colours(tty=True)
    assert colours("--color=always", tty=True)
    assert not colours("--format=github", "--color=always", tty=True)


@pytest.mark.usefixtures("here")
def test_coloured_text_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    monkeypatch.delenv("NO_COLOR", raising=False)
    for form in ("text", "concise", "grouped"):
        argv = (f"--format={form}", "--show-source", "--show-fixes")
        plain = cli(*argv, check=FakeCheck(extra=(FULL,))).out
        coloured = cli(*argv, "--color=always", check=FakeCheck(extra=(FULL,))).out
        assert coloured != plain
        assert re.sub(r"\x1b\[\d*m", "", coloured) == plain


def test_printable_keeps_text_and_escapes_the_rest() -> None:
    assert printable("naïve 日本 🎉") == "naïve 日本 🎉"
    assert printable("\t\x00\x7f\ud800\u202e\u00a0") == r"\t\x00\x7f\ud800\u202e\xa0"
    assert printable("a\tb", keep="\t") == "a\tb"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("a ::error::x", "a ::error::x"),
        ("see ##[error]x", r"see \x23#[error]x"),
        ("####[error]", r"##\x23#[error]"),
        ("##vso[task.setvariable x]y", r"\x23#vso[task.setvariable x]y"),
        ("## [a] heading", "## [a] heading"),
    ],
)
def test_printable_commands_no_server(text: str, shown: str) -> None:
    assert printable(text) == shown
