"""The documents for other programs keep to the formats that those programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator

from flake8_bgtasks.findings import Edit, Finding, Fix, Related, Span
from flake8_bgtasks.reporters.diff import edited
from flake8_bgtasks.rules import RULES
from tests.fakes import FakeCheck, cli, copy_shop, write_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

# The schema as OASIS publishes it, with errata 01.
SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0.json"
SPAN = Span(2, 11, 2, 15)
WAY = (
    Related("src/app.py", Span(3, 1, 3, 2), "a task is added to it here"),
    Related("src/ro utes.py", Span(1, 1, 1, 2), "POST /users is registered here", "POST /users"),
    Related("src/ro utes.py", Span(2, 1, 2, 2), "create_user gets to register here", "create_user"),
)
EDITS = (Edit("src/app.py", SPAN, "queue"), Edit("src/ro utes.py", Span(1, 1, 1, 1), "a\n"))
FULL = Finding("src/app.py", SPAN, "BGT101", "lost", WAY, Fix("safe", "Inject it", EDITS))
BARE = Finding("src/app.py", Span(1, 1, 1, 3), "BGT103", "gone", refusal="nobody awaits it")
LOCAL = Finding("src/app.py", SPAN, "BGT102", "shared", fix=Fix("unsafe", "Inject it", EDITS[:1]))
SOURCE = "ab\n\t日 = '🎉'; call()\nlast\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"src/app.py": SOURCE, "src/ro utes.py": "b\n", "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def document(form: str, *findings: Finding) -> Any:
    ran = cli(f"--format={form}", check=FakeCheck(extra=findings))
    assert (ran.code, ran.err) == (1 if findings else 0, "")
    assert ran.out.isascii()
    return json.loads(ran.out)


def sarif(*findings: Finding) -> Any:
    return one_run(document("sarif", *findings))


def one_run(log: Any) -> Any:
    """Validate a log against the schema of the standard; return its only run."""
    schema = json.loads(SCHEMA.read_bytes())
    assert schema["id"] == log["$schema"]
    Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER).validate(log)
    [run] = log["runs"]
    return run


@pytest.mark.usefixtures("here")
def test_sarif_describes_all_rules_and_points_to_them() -> None:
    run = sarif(FULL, BARE)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["BGT103", "BGT101"]
    assert rules[0]["fullDescription"]["text"].startswith("A `BackgroundTasks()` instance is made")
    assert rules[0]["help"]["markdown"].startswith("# BGT101 ")


@pytest.mark.usefixtures("here")
def test_sarif_shows_the_way_from_the_route_to_the_lost_task() -> None:
    bare, full = sarif(FULL, BARE)["results"]
    [flow] = full["codeFlows"]
    [thread] = flow["threadFlows"]
    assert [step["location"]["message"]["text"] for step in thread["locations"]] == [
        "POST /users is registered here",
        "create_user gets to register here",
        "lost",
    ]
    assert [place["message"]["text"] for place in full["relatedLocations"]] == [
        related.message for related in WAY
    ]
    assert "codeFlows" not in bare
    assert "relatedLocations" not in bare


@pytest.mark.usefixtures("here")
def test_sarif_holds_the_fix_in_every_file() -> None:
    bare, full = sarif(FULL, BARE)["results"]
    [fix] = full["fixes"]
    assert fix["description"]["text"] == "Inject it (safe)"
    first, second = fix["artifactChanges"]
    region = {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 15}
    assert first["replacements"] == [
        {"deletedRegion": region, "insertedContent": {"text": "queue"}}
    ]
    assert second["artifactLocation"]["uri"] == "src/ro%20utes.py"
    assert "fixes" not in bare


@pytest.mark.usefixtures("here")
def test_sarif_takes_no_text_of_the_code_for_a_link() -> None:
    hostile = Finding("src/a b#c?%é\udcff.py", SPAN, "BGT101", "in GET /[click](https://x) [1]")
    [result] = sarif(hostile)["results"]
    assert result["message"]["text"] == r"in GET /\[click\](https://x) [1]"
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "src/a%20b%23c%3F%25%C3%A9%FF.py"


def test_sarif_of_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flake8_bgtasks.engine import check

    copy_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    run = one_run(json.loads(cli("--format=sarif", "shop", check=check).out))
    flows = {
        result["ruleId"]: len(result["codeFlows"][0]["threadFlows"][0]["locations"])
        for result in run["results"]
        if "codeFlows" in result
    }
    assert flows["BGT101"] == 4
    assert flows["BGT202"] == 3


@pytest.mark.usefixtures("here")
def test_gitlab_has_what_its_format_requires() -> None:
    bare, full = document("gitlab", FULL, BARE)
    assert full.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
    assert full["description"] == "BGT101 lost"
    assert full["check_name"] == "BGT101 unattached-background-tasks"
    assert full["location"] == {"path": "src/app.py", "lines": {"begin": 2, "end": 2}}
    assert full["severity"] in {"info", "minor", "major", "critical", "blocker"}
    assert bare["fingerprint"] != full["fingerprint"]
    assert document("gitlab") == []


def test_fingerprints_move_with_their_lines(here: Path) -> None:
    def digests(source: str, *lines: int) -> list[str]:
        (here / "src/app.py").write_text(source)
        spans = [Span(line, 1, line, 2) for line in lines]
        found = [Finding("src/app.py", span, "BGT101", f"from {span}") for span in spans]
        return [issue["fingerprint"] for issue in document("gitlab", *found)]

    before = digests("tasks = A()\nrun()\ntasks = A()\n", 1, 3)
    assert len(set(before)) == 2
    assert digests("import x\n\n    tasks =  A()\nrun()\n\ntasks = A()\n", 3, 6) == before
    assert digests("tasks = B()\n", 1)[0] not in before


@pytest.mark.usefixtures("here")
def test_junit_has_a_suite_for_each_file_and_a_failure_for_each_finding() -> None:
    other = Finding('src/<&".py', SPAN, "BGT102", 'a < b & "c"')
    root = ElementTree.fromstring(
        cli("--format=junit", check=FakeCheck(extra=(FULL, BARE, other))).out
    )
    assert root.attrib == {"name": "flake8-bgtasks", "tests": "3", "failures": "3", "errors": "0"}
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
        ('src/<&".py', "1"),
        ("src/app.py", "2"),
    ]
    case = root[0][0]
    assert case.attrib == {
        "name": "BGT102 shared-background-tasks at 2:11",
        "classname": 'src/<&".py',
        "file": 'src/<&".py',
        "line": "2",
    }
    failure = case[0]
    assert failure.attrib == {"message": 'a < b & "c"', "type": "BGT102"}
    assert failure.text == 'src/<&".py:2:11: a < b & "c"'


@pytest.mark.usefixtures("here")
def test_junit_without_findings_is_a_test_that_passed() -> None:
    ran = cli("--format=junit", check=FakeCheck())
    root = ElementTree.fromstring(ran.out)
    assert (ran.code, root.get("tests"), root.get("failures")) == (0, "1", "0")
    assert len(root.findall("testsuite/testcase")) == 1
    assert not root.findall("testsuite/testcase/failure")


@pytest.mark.usefixtures("here")
def test_rdjson_counts_columns_in_bytes_and_suggests_in_one_file_only() -> None:
    report = document("rdjson", FULL, LOCAL)
    assert report["source"] == {"name": "flake8-bgtasks"}
    full, local = report["diagnostics"]
    expected = {"start": {"line": 2, "column": 16}, "end": {"line": 2, "column": 20}}
    assert SOURCE.encode().split(b"\n")[1][15:].startswith(b"call")
    assert full["location"] == {"path": "src/app.py", "range": expected}
    assert full["code"] == {"value": "BGT101"}
    assert len(full["related_locations"]) == 3
    assert "suggestions" not in full
    assert local["suggestions"] == [{"range": expected, "text": "queue"}]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("form", ["sarif", "gitlab", "rdjson", "junit"])
def test_statistics_stay_out_of_documents(form: str) -> None:
    ran = cli(f"--format={form}", "--statistics", check=FakeCheck(extra=(BARE,)))
    assert ran.out == cli(f"--format={form}", check=FakeCheck(extra=(BARE,))).out
    assert ran.err == "1     BGT103 gone\n"


@pytest.mark.parametrize(
    ("lines", "edits", "expected"),
    [
        (["abc\n"], [(Span(1, 1, 1, 2), "x")], ["xbc\n"]),
        (["abc\n"], [(Span(1, 1, 1, 1), "x\n"), (Span(1, 4, 1, 4), "!")], ["x\n", "abc!\n"]),
        (["a\n", "b\n"], [(Span(1, 2, 2, 2), "")], ["a\n"]),
        (["a"], [(Span(2, 1, 2, 1), "\nb\n")], ["a\n", "b\n"]),
        ([], [(Span(1, 1, 1, 1), "a\u2028b\n")], ["a\u2028b\n"]),
        (["a\n"], [(Span(9, 9, 9, 9), "b\n")], ["a\n", "b\n"]),
    ],
)
def test_edited(
    lines: Sequence[str], edits: Sequence[tuple[Span, str]], expected: Sequence[str]
) -> None:
    assert edited(lines, [Edit("a.py", span, text) for span, text in edits]) == expected
