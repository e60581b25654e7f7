"""Files that can't be checked are one clear line each, and the others are checked all the same."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.engine import check
from tests.fakes import cli, write_tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"tox.ini": "", "fine.py": "x = 1\n", "empty.py": "", "a.py/b.py": ""})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (b"x = 1\ny = (\n", "2:5"),
        (b"x = 1\nyy = '\xff'\n", "2:7"),
        (b"x = 1\0\n", "1:6"),
        ("é = (\n".encode(), "1:5"),
        (b"# coding: nonsense\n", "1:1"),
        (b"x = " + b"(" * 1000 + b"1" + b")" * 1000, "1:"),
        (b"x = '" + b"y" * 900_000 + b"\n", "1:5"),
    ],
    ids=["syntax", "bytes", "nul", "characters", "cookie", "depth", "length"],
)
def test_a_file_that_cannot_be_parsed_is_named_with_the_place(
    source: bytes, place: str, here: Path
) -> None:
    write_tree(here, {"bad.py": source})
    ran = cli("--show-source", check=check)
    assert (ran.code, ran.err) == (1, "")
    assert ran.lines[0].startswith(f"./bad.py:{place}")
    assert " BGT900 " in ran.lines[0]
    assert len(ran.lines) == 3
    assert max(map(len, ran.lines)) < 300
    assert cli("--ignore=BGT900", check=check).code == 0


def test_a_long_line_is_no_mistake(here: Path) -> None:
    write_tree(here, {"long.py": "x = '" + "y" * 1_000_000 + "'  # BackgroundTasks\n"})
    assert cli(check=check).lines == []


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need rights there")
def test_links_to_nothing_loops_and_pipes_do_no_harm(here: Path) -> None:
    (here / "broken.py").symlink_to("nowhere.py")
    (here / "self.py").symlink_to("self.py")
    (here / "loop").mkdir()
    (here / "loop" / "loop").symlink_to("../loop")
    os.mkfifo(here / "pipe.py")
    ran = cli(check=check)
    assert ran.code == 1
    assert [line.split(":")[0] for line in ran.lines] == ["./broken.py", "./self.py"]
