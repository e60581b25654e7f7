"""The command line face shows what flake8 would show, whatever the configuration and comments."""

from __future__ import annotations

import io
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeCheck, cli, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ALL_KINDS = """\
x = 1  # BGT101!
y = 2  # BGT101! BGT205! BGT302!
z = 3  # BGT900!
"""
NOQA = '''\
a = 1  # BGT101!  # noqa
b = 1  # BGT101!  # noqa: BGT101
c = 1  # BGT101!  # noqa: BGT201
d = 1  # BGT101!  # noqa:E501,BGT1
e = 1  # BGT101!  # NOQA : BGT201
f = 1  # BGT101! BGT201!  # noqa: bgt101
g = 1  # BGT101! BGT201!  # noqa: BGT101 BGT201
h = """
BGT101!
"""  # noqa: BGT101
i = """
BGT101!
"""
j = (  # BGT201!
    1,  # BGT202!  # noqa: BGT201
    2,  # BGT203!
)
k = 1 + \\
    2  # BGT101! # noqa: BGT101
text = "# noqa"; m = "BGT301!"
if a:
    # BGT302!
    # noqa
    n = 1  # BGT303!
# BGT101! # noqa: BGT101'''
FILE_NOQA = "# flake8: noqa\nx = 1  # BGT101!\n"
FILE_NOQA_CODES = "x = 1  # BGT101! BGT201!\n# flake8: noqa: BGT101\n"
FILE_NOQA_BESIDE_CODE = "x = 1  # flake8: noqa BGT101!\n"
TREE: Mapping[str, str | bytes] = {
    "app/kinds.py": ALL_KINDS,
    "app/noqa.py": NOQA,
    "app/file_noqa.py": FILE_NOQA,
    "app/file_noqa_codes.py": FILE_NOQA_CODES,
    "app/beside.py": FILE_NOQA_BESIDE_CODE,
    "app/crlf.py": NOQA.replace("\n", "\r\n"),
    "app/bom.py": "\ufeff" + NOQA,
    "app/latin.py": "# coding: latin-1\nx = 'é'  # BGT101!  # noqa: BGT101\n".encode("latin-1"),
    "tests/test_x.py": ALL_KINDS,
    "build/lib.py": ALL_KINDS,
    "deep/x.egg/lib.py": ALL_KINDS,
    "top.py": ALL_KINDS,
    "stub.pyi": ALL_KINDS,
}
CONFIGURATIONS = {
    "none": "",
    "shared select": "select = E,W,BGT",
    "select of others": "select = E,F",
    "select a family": "select = BGT3",
    "select one that is off": "select = BGT205",
    "select by first letter": "select = B",
    "select nothing": "select =",
    "extend select": "extend-select = BGT205",
    "extend select with underscore": "extend_select = BGT205, BGT2",
    "ignore of others": "ignore = E203,W503",
    "ignore a family": "ignore = BGT1",
    "ignore and select": "select = BGT\nignore = BGT10",
    "longer select wins": "select = BGT101\nignore = BGT1",
    "extend ignore": "extend-ignore = BGT101",
    "extend ignore in lines": "extend-ignore =\n    BGT101\n    BGT9",
    "both extend": "extend-select = BGT205\nextend-ignore = BGT2",
    "per file": "per-file-ignores =\n    tests/*:BGT101\n    app/kinds.py:BGT3,BGT9",
    "per file by name": "per-file-ignores = kinds.py test_x.py : BGT",
    "per file and folder": "per_file_ignores = ./app/*:BGT1",
    "no noqa": "disable-noqa = true",
    "exclude": "exclude = build,tests",
    "exclude a path": "exclude = app/noqa.py,./tests",
    "extend exclude": "extend-exclude = build\nextend_exclude = kin*.py",
    "exclude nothing": "exclude =",
    "filename": "filename = *.pyi,test_*.py",
    "things of others": "max-line-length = 200\nfoo-bar = 1\njobs = 1",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, TREE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let flake8 find the fake plugin in place of an installed one."""
    from flake8 import utils
    from flake8.plugins import finder

    installed = finder._find_importlib_plugins
    fake = EntryPoint("BGT", "tests.fakes:FakePlugin", "flake8.extension")

    def plugins() -> Iterator[finder.Plugin]:
        yield from (found for found in installed() if found.entry_point.name != "BGT")
        yield finder.Plugin("flake8-bgtasks", "0", fake)

    monkeypatch.setattr(finder, "_find_importlib_plugins", plugins)
    yield
    utils.stdin_get_value.cache_clear()


def flake8(capsys: pytest.CaptureFixture[str], *argv: str) -> list[str]:
    """Return what flake8 prints about our codes."""
    from flake8.main.cli import main

    main(["-j1", *argv])
    return [line for line in capsys.readouterr().out.splitlines() if " BGT" in line]


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("section", CONFIGURATIONS.values(), ids=list(CONFIGURATIONS))
def test_a_configuration_means_what_it_means_to_flake8(
    section: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "setup.cfg").write_text(f"[flake8]\n{section}\n")
    expected = flake8(capsys)
    assert sorted(cli().lines) == sorted(expected)


ARGUMENTS = [
    ["--select=BGT3"],
    ["--select=BGT205,E"],
    ["--extend-select=BGT205"],
    ["--ignore=BGT1,E203"],
    ["--ignore=E203"],
    ["--extend-ignore=BGT101"],
    ["--select=BGT2", "--select=BGT1"],
    ["--per-file-ignores=tests/*:BGT101 app/*:BGT2"],
    ["--exclude=app"],
    ["--extend-exclude=app,*.egg"],
    ["--filename=*.pyi"],
    ["--disable-noqa"],
    ["--statistics"],
    ["--isolated"],
    ["."],
    ["./"],
    ["app"],
    ["app/"],
    ["./app/", "top.py"],
    ["app/kinds.py"],
    ["stub.pyi"],
]


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("argv", ARGUMENTS, ids=" ".join)
def test_arguments_mean_what_they_mean_to_flake8(
    argv: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "tox.ini").write_text("[flake8]\nextend-ignore = BGT302\n")
    expected = flake8(capsys, *argv)
    assert expected
    assert sorted(cli(*argv).lines) == sorted(expected)


def test_the_format_that_is_set_for_flake8_is_not_ours(project: Path) -> None:
    expected = cli().lines
    (project / "setup.cfg").write_text("[flake8]\nformat = pylint\n")
    assert cli().lines == expected


@pytest.mark.usefixtures("plugin")
def test_a_file_that_is_named_is_still_excluded(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "setup.cfg").write_text("[flake8]\n")
    for argv in (["top.py"], ["top.py", "--exclude=top.py"]):
        assert bool(flake8(capsys, *argv)) == bool(cli(*argv).lines) == (len(argv) == 1)


@pytest.mark.usefixtures("plugin")
def test_absolute_paths_and_paths_above_are_printed_as_given(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "setup.cfg").write_text("[flake8]\n")
    monkeypatch.chdir(project / "app")
    for path in ["..", str(project / "tests"), "../top.py"]:
        expected = flake8(capsys, path)
        assert expected
        assert sorted(cli(path).lines) == sorted(expected)


@pytest.mark.usefixtures("project", "plugin")
@pytest.mark.parametrize(
    "argv",
    [
        ["-"],
        ["-", "--stdin-display-name=app/new.py"],
        ["--stdin-display-name", "app/kinds.py", "-", "--per-file-ignores=app/*:BGT2"],
        ["-", "--stdin-display-name=app/kinds.py", "--extend-exclude=app"],
    ],
    ids=" ".join,
)
def test_standard_input_is_checked_as_flake8_does(
    argv: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        class buffer:  # noqa: N801 - the name that sys.stdin has
            read = io.BytesIO(NOQA.encode()).read

    monkeypatch.setattr("sys.stdin", Stdin)
    expected = flake8(capsys, *argv)
    assert cli(*argv, stdin=NOQA.encode()).lines == expected


@pytest.mark.usefixtures("project")
def test_findings_are_sorted_by_path_line_column_and_code() -> None:
    lines = cli("--isolated", "--disable-noqa", "--select=BGT").lines
    keys = [line.split(" ")[:2] for line in lines]
    places = [(path, int(row), int(column), code) for place, code in keys
              for path, row, column, _ in [place.split(":")]]  # fmt: skip
    assert places == sorted(places)
    assert len(places) > 20


@pytest.mark.usefixtures("project")
def test_an_internal_error_is_shown_whatever_is_selected() -> None:
    source = "# flake8: noqa\nx = 1  # BGT901!  # noqa\n"
    ran = cli("-", "--isolated", "--select=BGT1", "--exit-zero", stdin=source.encode())
    assert ran.lines == ["stdin:2:10: BGT901 the message of BGT901"]
    assert ran.code == 2


@pytest.mark.usefixtures("project")
def test_a_file_that_cannot_be_tokenized_has_its_noqa_line_by_line() -> None:
    source = "x = (  # BGT900!\ny = 1  # BGT101!  # noqa\n"
    ran = cli("-", "--isolated", stdin=source.encode())
    assert ran.lines == ["stdin:1:10: BGT900 the message of BGT900"]


@pytest.mark.usefixtures("project")
def test_findings_in_a_file_that_cannot_be_read_are_shown(project: Path) -> None:
    from flake8_bgtasks.findings import Finding, Span

    write_tree(project, {"setup.cfg": "", "folder.py/__init__.py": ""})
    gone = Finding("gone.py", Span(1, 1, 1, 1), "BGT900", "can't read")
    folder = Finding("folder.py", Span(1, 1, 1, 1), "BGT900", "can't read")
    ran = cli("app/file_noqa.py", "--show-source", check=FakeCheck(extra=(gone, folder)))
    assert ran.lines == ["folder.py:1:1: BGT900 can't read", "gone.py:1:1: BGT900 can't read"]


def test_a_wrong_comment_does_not_hide_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "nul.py": b"x = 1  # noqa\n\0 # BGT101!\n",
        "bytes.py": b"x = '\xff'  # noqa: BGT201\n# BGT101!\n",
        "cookie.py": b"# coding: nonsense noqa\n# BGT101!\n",
        "deep.py": b"x = " + b"(" * 1000 + b")" * 1000 + b"  # BGT101!  # noqa: BGT2\n",
    }
    write_tree(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    assert {line.split(":")[0] for line in cli("--isolated").lines} == {
        "./bytes.py", "./cookie.py", "./deep.py", "./nul.py"
    }  # fmt: skip
