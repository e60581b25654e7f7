"""Where options come from, which place wins, and what is said about a wrong one."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from flake8_bgtasks.arguments import parse
from flake8_bgtasks.config import read_config, read_flake8
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.flake8_options import from_flake8, register
from flake8_bgtasks.options import OPTIONS
from flake8_bgtasks.project.source import BadSource
from tests.fakes import FakeCheck, cli, write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OWN_IN_FLAKE8 = """\
[flake8]
bgtasks-fastapi-version = 0.115.12
bgtasks_test_patterns = checks/, check_*.py
bgtasks-project-root = ./src
bgtasks-no-cache = true
bgtasks-cache-dir = ./cache
bgtasks-baseline = ./known.json
bgtasks-fix-style = depends
"""
EVERYTHING = """\
[tool.flake8-bgtasks]
select = ["BGT1", "BGT2"]
extend-select = "BGT205, E203"
ignore = ["BGT101", "W503"]
extend_ignore = []
per-file-ignores = { "tests/*" = ["BGT101", "BGT2"], "conftest.py" = "BGT" }
disable-noqa = true
exclude = ["build", "./gen"]
extend-exclude = ["old/*"]
filename = ["*.py", "*.pyi"]
project-root = "src"
fastapi-version = "0.115"
test-patterns = ["checks/"]
no-cache = true
cache_dir = ".cache/bgtasks"
format = "json"
show-source = true
show-fixes = true
statistics = true
baseline = "known.json"
fix-style = "thread"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_our_options_have_a_prefix_in_flake8_files(here: Path) -> None:
    (here / "tox.ini").write_text(OWN_IN_FLAKE8)
    assert read_config(here) == {
        "fastapi_version": "0.115.12",
        "test_patterns": ["checks/", "check_*.py"],
        "project_root": str(here / "src"),
        "no_cache": True,
        "cache_dir": str(here / "cache"),
        "baseline": str(here / "known.json"),
        "fix_style": "depends",
    }


def test_options_without_the_prefix_are_not_ours_in_flake8_files(here: Path) -> None:
    (here / ".flake8").write_text("[flake8]\nfastapi-version = nonsense\nno-cache = 7\n")
    assert read_config(here) == {}


def test_pyproject_takes_everything_but_what_belongs_on_the_command_line(here: Path) -> None:
    (here / "pyproject.toml").write_text(EVERYTHING)
    values = read_config(here)
    assert values.keys() == {o.dest for o in OPTIONS if o.in_pyproject}
    assert values["extend_select"] == ["BGT205", "E203"]
    assert values["extend_ignore"] == []
    assert values["per_file_ignores"] == "tests/*:BGT101,BGT2\nconftest.py:BGT"
    assert values["exclude"] == ["build", str(here / "gen")]
    assert values["extend_exclude"] == [str(here / "old" / "*")]
    assert values["fastapi_version"] == "0.115"


def test_relative_paths_start_from_the_file_that_holds_them(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "setup.cfg").write_text("[flake8]\nexclude = ./gen\n")
    (here / "pyproject.toml").write_text('[tool.flake8-bgtasks]\nextend-exclude = ["./old"]\n')
    monkeypatch.chdir(here / "src")
    options = parse(["--cache-dir=./c"], here / "src")
    assert options.exclude == [str(here / "gen")]
    assert options.extend_exclude == [str(here / "old")]
    assert options.cache_dir == str(here / "src" / "c")


def test_command_line_beats_pyproject_beats_flake8_beats_default(here: Path) -> None:
    (here / "setup.cfg").write_text(
        "[flake8]\nbgtasks-fastapi-version = 0.1\nselect = BGT1\nexclude = a\n"
    )
    (here / "pyproject.toml").write_text(
        '[tool.flake8-bgtasks]\nfastapi-version = "0.2"\nselect = ["BGT2"]\n'
    )
    options = parse(["--fastapi-version", "0.3"], here)
    assert (options.fastapi_version, options.select, options.exclude) == ("0.3", ["BGT2"], ["a"])
    assert options.test_patterns == ("tests/", "test_*.py", "*_test.py", "conftest.py")


def test_settings_reach_the_engine(here: Path) -> None:
    known = {"known.json": '{"version": 1, "findings": {}}'}
    write_tree(here, {"x.py": "", "tox.ini": OWN_IN_FLAKE8.replace("./src", "."), **known})
    check = FakeCheck()
    assert cli(check=check).code == 0
    assert check.call["settings"].fastapi_version == "0.115.12"
    assert check.call["settings"].test_patterns == ("checks/", "check_*.py")
    assert check.call["root"] == str(here)


def test_config_names_the_one_file_to_read(here: Path) -> None:
    write_tree(
        here,
        {
            "setup.cfg": "[flake8]\nselect = BGT1\n",
            "other.ini": "[flake8]\nexclude = a\n",
            "other.toml": '[tool.flake8-bgtasks]\nexclude = "b"\n',
        },
    )
    assert read_config(here, "other.ini") == {"exclude": ["a"]}
    assert read_config(here, "other.toml") == {"exclude": ["b"]}
    assert read_config(here, isolated=True) == {}
    with pytest.raises(UsageError, match=r"--config: there is no file .*nope\.ini"):
        read_config(here, "nope.ini")


WHICH_FILE: dict[str, dict[str, str]] = {
    "setup.cfg first": {"setup.cfg": "[flake8]", "tox.ini": "[flake8]", ".flake8": "[flake8]"},
    "tox.ini second": {"setup.cfg": "[metadata]", "tox.ini": "[flake8]", ".flake8": "[flake8]"},
    "above": {"../tox.ini": "[flake8]"},
    "nearest": {"../setup.cfg": "[flake8]", ".flake8": "[flake8]"},
    "local plugins only": {"tox.ini": "[flake8:local-plugins]", ".flake8": "[flake8]"},
    "another tool's section": {"setup.cfg": "[flake8-foo]", ".flake8": "[flake8]"},
    "only in a comment": {"setup.cfg": "# [flake8]\n[x]", ".flake8": "[flake8]"},
    "broken file of others": {"setup.cfg": "broken [", ".flake8": "[flake8]"},
    "nothing": {"setup.cfg": "[metadata]"},
}


@pytest.mark.parametrize("files", WHICH_FILE.values(), ids=list(WHICH_FILE))
def test_the_file_is_the_one_that_flake8_reads(files: Mapping[str, str], here: Path) -> None:
    from flake8.options.config import load_config

    text = {name: f"{text}\nselect = {index}" for index, (name, text) in enumerate(files.items())}
    folder = here / "src"
    for name, content in text.items():
        (folder / name).write_text(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        expected = load_config(None, [])[0].get("flake8", "select", fallback=None)
    assert read_flake8(str(folder)).get("select", [None]) == [expected]


def test_the_home_folder_is_not_searched(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "setup.cfg").write_text("[flake8]\nselect = BGT1\n")
    assert read_flake8(str(here / "src")) == {"select": ["BGT1"]}
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    assert read_flake8(str(here / "src")) == {}


WRONG_INI = {
    "bgtasks-fastapi-version = nope": r":2: bgtasks-fastapi-version: 'nope' is not a version",
    "a = b\nbgtasks-foo = 1": r":3: bgtasks-foo: there is no such option",
    "bgtasks_no_cache = perhaps": r":2: bgtasks_no_cache: expected true or false.*'perhaps'",
    "show-source = perhaps": r":2: show-source: expected true or false",
    "bgtasks-project-root = ./nope": r":2: bgtasks-project-root: there is no folder .*nope",
    "bgtasks-cache-dir =": r":2: bgtasks-cache-dir: the value is empty",
    "ignore = E203,nonsense": r":2: ignore: 'nonsense' is not a code",
    "extend_ignore = bgt101": r":2: extend_ignore: 'bgt101' is not a code|: 'bgt101'",
    "per-file-ignores = x.py": r":2: per-file-ignores: expected 'pattern:codes', not 'x.py'",
    "select = A\nselect = B": r": can't parse the file: .*already exists",
    "nonsense": r": can't parse the file: .*line *2",
}


@pytest.mark.parametrize(("line", "expected"), WRONG_INI.items(), ids=list(WRONG_INI))
def test_a_mistake_in_a_flake8_file_is_named(line: str, expected: str, here: Path) -> None:
    (here / "setup.cfg").write_text(f"[flake8]\n{line}\n")
    check_complaint(re.escape(str(here / "setup.cfg")) + expected)


WRONG_TOML = {
    'fastapi-version = "nope"': r":2: fastapi-version: 'nope' is not a version",
    "fastapi-version = 0.115": r":2: fastapi-version: expected a string, not the float 0\.115",
    "no-cache = 'true'": r":2: no-cache: expected true or false, not the string 'true'",
    "select = 1": r":2: select: expected a list of strings, not the int 1",
    "ignore = [1]": r":2: ignore: expected a list of strings, not the list \[1\]",
    'select = ["bgt101"]': r":2: select: 'bgt101' is not a code",
    'ignore = ["BGT999"]': r":2: ignore: there is no rule BGT999",
    'select = ["E203", "F"]': r":2: select: E203,F selects no rule",
    'format = "xml"': r":2: format: expected one of text, concise, .*, not the string 'xml'",
    'project-root = "./nope"': r":2: project-root: there is no folder .*nope",
    "\nfastapi_versoin = 1": r":3: fastapi_versoin: there is no such option",
    "output-file = 'x'": r":2: output-file: there is no such option",
    'per-file-ignores = ["x.py"]': r":2: per-file-ignores: expected 'pattern:codes'",
    "[tool.flake8-bgtasks.per-file-ignores]\nx = 3": r":2: per-file-ignores: expected a list",
    "select = [\n1 2": r": can't parse the file: .*line 3",
}


@pytest.mark.parametrize(("line", "expected"), WRONG_TOML.items(), ids=list(WRONG_TOML))
def test_a_mistake_in_pyproject_is_named(line: str, expected: str, here: Path) -> None:
    (here / "pyproject.toml").write_text(f"[tool.flake8-bgtasks]\n{line}\n")
    check_complaint(re.escape(str(here / "pyproject.toml")) + expected)


def test_a_section_that_is_no_table_is_named(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool]\nflake8-bgtasks = 1\n")
    check_complaint(r"pyproject\.toml:2: flake8-bgtasks: expected a table")


def test_a_file_that_cannot_be_read_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "tox.ini").write_bytes(b"[flake8]\n# \xff\n")
    check_complaint(r"tox\.ini: the file is not UTF-8")

    def refuse(_path: str) -> bytes:
        raise BadSource("can't read the file: permission denied")

    monkeypatch.setattr("flake8_bgtasks.configfile.read", refuse)
    check_complaint(r"tox\.ini: can't read the file: permission denied")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a = " + "1" * 5_000, "Exceeds the limit"),
        ("a." * 20_000 + "a = 1", "too many dots"),
        ("# " + "a" * 600_000, "longer than"),
    ],
)
def test_toml_out_of_all_proportion_is_refused(here: Path, text: str, reason: str) -> None:
    (here / "pyproject.toml").write_text(f'[tool.flake8-bgtasks]\nselect = "BGT1"\n{text}\n')
    check_complaint(rf"pyproject\.toml: can't parse the file: .*{reason}")


def test_a_line_of_blanks_takes_no_time(here: Path) -> None:
    (here / "setup.cfg").write_text(f"[flake8]\na{' ' * 200_000}b\n")
    started = time.process_time()
    check_complaint(r"setup\.cfg: can't parse the file")
    assert time.process_time() - started < 2


def test_a_broken_pyproject_of_others_is_left_to_them(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.black\n")
    assert read_config(here) == {}


def check_complaint(pattern: str) -> None:
    """Check that a run prints one line that says so on standard error, and exits with 2."""
    ran = cli()
    assert (ran.code, ran.out) == (2, "")
    assert re.search("^flake8-bgtasks: error: .*" + pattern, ran.err)
    assert ran.err.count("\n") == 1


def test_flake8_knows_our_options_and_reads_the_same_values(here: Path) -> None:
    own = {option.dest: option.default for option in OPTIONS if option.is_flake8s_too}
    defaults = own_options_in_flake8()
    assert {**defaults, "test_patterns": tuple(defaults["test_patterns"])} == own
    (here / "setup.cfg").write_text(OWN_IN_FLAKE8)
    configured = {name: own_options_in_flake8()[name] for name in read_config(here)}
    assert configured == read_config(here)
    given = own_options_in_flake8("--bgtasks-fastapi-version=0.9", "--bgtasks-cache-dir=./c")
    assert given["fastapi_version"] == "0.9"
    assert given["cache_dir"] == str(here / "c")


def own_options_in_flake8(*argv: str) -> dict[str, Any]:
    from flake8.options.aggregator import aggregate_options
    from flake8.options.config import load_config
    from flake8.options.manager import OptionManager

    manager = OptionManager(version="", plugin_versions="", parents=[], formatter_names=[])
    register(manager)
    # Flake8-pyproject asks for its option as soon as another test has loaded it into this process.
    manager.add_option("--toml-config")
    assert "BGT205" in manager.extended_default_ignore
    return from_flake8(aggregate_options(manager, *load_config(None, []), argv))
