"""`--add-noqa` writes comments that flake8 and this tool respect, and changes nothing else."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from flake8.main.cli import main as run_flake8

from flake8_bgtasks.engine import check
from flake8_bgtasks.noqa import CannotAnnotateError, annotated
from tests.fakes import cli, write_tree
from tests.test_baseline import MISTAKE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tox.ini").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 'BGT101!'\n", "x = 'BGT101!'  # noqa: BGT101\n"),
        ("x = 'BGT101!'", "x = 'BGT101!'  # noqa: BGT101"),
        (
            "x = 'BGT101!'  # kept \r\ny = 1\r\n",
            "x = 'BGT101!'  # kept  # noqa: BGT101\r\ny = 1\r\n",
        ),
        ("x = 'BGT102! BGT101!'\n", "x = 'BGT102! BGT101!'  # noqa: BGT101,BGT102\n"),
        ("x = 'BGT101!'  # noqa: E501\n", "x = 'BGT101!'  # noqa: E501,BGT101\n"),
        ("x = 'BGT101!'  # NOQA:E501, W1 why\n", "x = 'BGT101!'  # NOQA:E501, W1,BGT101 why\n"),
        ("x = '''\nBGT101!\n''' # end\n", "x = '''\nBGT101!\n''' # end  # noqa: BGT101\n"),
        ("x = 'BGT101!' + \\\n  '2'\n", "x = 'BGT101!' + \\\n  '2'  # noqa: BGT101\n"),
        ("f(\n  'BGT101!',\n  2)\n", "f(\n  'BGT101!',  # noqa: BGT101\n  2)\n"),
        (
            "f('''\n'''  # noqa: E501\n, 'BGT101!')\n",
            "f('''\n'''  # noqa: E501\n, 'BGT101!')  # noqa: BGT101\n",
        ),
        ("# BGT101!\n", "# BGT101!  # noqa: BGT101\n"),
        (
            "if x:\n    'BGT101!'\n\n\n'BGT101!'\n",
            "if x:\n    'BGT101!'  # noqa: BGT101\n\n\n'BGT101!'  # noqa: BGT101\n",
        ),
        ("\ufeffx = 'é BGT101!'\n", "\ufeffx = 'é BGT101!'  # noqa: BGT101\n"),
        ("x = 1\ry = 'BGT101!'\r", "x = 1\ry = 'BGT101!'  # noqa: BGT101\r"),
    ],
)
def test_comment(before: str, after: str, here: Path) -> None:
    (here / "a.py").write_bytes(before.encode())
    ran = cli("--add-noqa")
    assert (ran.code, ran.out, ran.err) == (0, "comments written to 1 file\n", "")
    assert (here / "a.py").read_bytes().decode() == after
    assert cli().out == ""
    assert cli("--add-noqa").out == "comments written to 0 files\n"


def test_encodings_stay(here: Path) -> None:
    source = "# -*- coding: latin-1 -*-\nx = 'é BGT101!'\n".encode("latin-1")
    (here / "a.py").write_bytes(source)
    cli("--add-noqa")
    assert (here / "a.py").read_bytes() == source[:-1] + b"  # noqa: BGT101\n"


def test_flake8_respects_it(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "shop.py").write_text(MISTAKE)
    argv = ["--select=BGT", "-j1", "shop.py"]
    assert run_flake8(argv) == 1
    cli("--add-noqa", check=check)
    capfd.readouterr()
    assert (run_flake8(argv), capfd.readouterr().out) == (0, "")


def test_what_is_ignored_gets_no_comment(here: Path) -> None:
    source = "x = 'BGT101!'  # noqa\ny = 'BGT102!'\n"
    (here / "a.py").write_text(source)
    assert cli("--add-noqa", "--ignore=BGT102").out == "comments written to 0 files\n"
    assert (here / "a.py").read_text() == source


@pytest.mark.parametrize("source", ["x = (\n", "x = 1\n  y = 2\n", "x = '\n", "x = \0\n"])
def test_a_file_that_can_not_be_parsed_stays_as_it_is(source: str, here: Path) -> None:
    content = f"'BGT101!'\n{source}"
    write_tree(here, {"a.py": content, "b.py": "'BGT101!'\n"})
    ran = cli("--add-noqa")
    assert ran.lines == ["./a.py: left as it is: it can't be parsed", "comments written to 1 file"]
    assert (here / "a.py").read_text() == content
    assert "noqa" in (here / "b.py").read_text()


def test_odd_line_separators_end_no_line() -> None:
    source = "x = 1\n\x0cy = '\u2028\x1c'\n".encode()
    assert annotated(source, {2: ["BGT101"]}) == source[:-1] + b"  # noqa: BGT101\n"
    with pytest.raises(CannotAnnotateError, match="line 3 takes no comment"):
        annotated(source, {3: ["BGT101"]})


@pytest.mark.skipif(sys.version_info < (3, 12), reason="f-strings hold no comments before 3.12")
def test_a_comment_in_an_f_string_is_one() -> None:
    assert b"# noqa: BGT101" in annotated(b"x = f'''{\n1\n}'''\n", {2: ["BGT101"]})


def test_no_comment_changes_the_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flake8_bgtasks.noqa._blocks", lambda _lines: [(1, 1), (2, 2)])
    with pytest.raises(CannotAnnotateError, match="change its meaning"):
        annotated(b"x = '''\n'''\n", {1: ["BGT101"]})


@pytest.mark.parametrize("codes", [{1: ["BGT101"]}, {1: ["BGT101"], 3: ["BGT202"]}])
def test_a_backslash_that_joins_nothing_takes_no_comment(codes: dict[int, list[str]]) -> None:
    with pytest.raises(CannotAnnotateError):
        annotated(b"x\\\n\n\ny\n", codes)


def test_links_and_modes_stay(here: Path) -> None:
    (here / "real").mkdir()
    (here / "real/a.py").write_text("'BGT101!'\n")
    (here / "real/a.py").chmod(0o755)
    (here / "a.py").symlink_to("real/a.py")
    cli("--add-noqa", "a.py")
    assert (here / "a.py").is_symlink()
    assert "noqa" in (here / "real/a.py").read_text()
    assert stat.S_IMODE(os.stat(here / "real/a.py").st_mode) == 0o755
    assert sorted(os.listdir(here / "real")) == ["a.py"]


def test_a_file_that_can_not_be_written_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    (here / "a.py").write_text("'BGT101!'\n")
    monkeypatch.setattr(os, "replace", refuse)
    [line, _] = cli("--add-noqa").lines
    assert line == "./a.py: left as it is: can't write it: Permission denied"
    assert sorted(os.listdir(here)) == ["a.py", "tox.ini"]


@pytest.mark.usefixtures("here")
def test_standard_input_is_refused() -> None:
    ran = cli("--add-noqa", "-", stdin=b"'BGT101!'\n")
    assert (ran.code, ran.out) == (2, "")
    assert "not to standard input" in ran.err
