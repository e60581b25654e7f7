"""Standard input is answered from the cache where it says what the file does, or nothing new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cache.helpers import HELPERS, MAIN, check, fresh, settle, write

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "import os\n\nprint(os.name)\n"
FILES = {"main.py": MAIN, "helpers.py": HELPERS, "other.py": OTHER, "setup.cfg": "[flake8]\n"}
FIXED = HELPERS.replace("(name):", "(name, tasks: BackgroundTasks):").replace("= Back", "or Back")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    write(root, FILES)
    settle()
    monkeypatch.chdir(root)
    return root


def editor(name: str) -> tuple[str, ...]:
    return ("-", f"--stdin-filename={name}")


@pytest.mark.parametrize("name", ["helpers.py", "main.py", "other.py"])
def test_what_is_on_disk_is_not_looked_at_again(name: str) -> None:
    argv, stdin = editor(name), FILES[name].encode()
    expected = fresh(*argv, stdin=stdin)
    first, second = check(*argv, stdin=stdin), check(*argv, stdin=stdin)
    assert first == expected
    assert second == expected._replace(recalled=True)
    assert check(name).out == expected.out


@pytest.mark.parametrize(
    ("name", "text", "recalled"),
    [
        ("other.py", f"{OTHER}print(1)\n", True),
        ("other.py", f"{OTHER}print(\n", False),
        ("other.py", f"from helpers import register\n{OTHER}", False),
        ("other.py", f"{OTHER}tasks.add_task(print)\n", False),
        ("other.py", HELPERS, False),
        ("helpers.py", f"{HELPERS}\n", False),
        ("helpers.py", FIXED, False),
        ("helpers.py", "", False),
        ("main.py", OTHER, False),
    ],
)
def test_what_says_nothing_new_is_not_looked_at(name: str, text: str, recalled: bool) -> None:
    argv, stdin = editor(name), text.encode()
    check(*argv, stdin=FILES[name].encode())
    assert check(*argv, stdin=stdin) == fresh(*argv, stdin=stdin)._replace(recalled=recalled)
    assert check(*argv, stdin=FILES[name].encode()).recalled


@pytest.mark.parametrize("name", ["helpers.py", "main.py", "other.py"])
def test_other_files_count(project: Path, name: str) -> None:
    argv, stdin = editor(name), FILES[name].encode()
    check(*argv, stdin=stdin)
    for changed in ("helpers.py", "main.py", "other.py", "new.py"):
        for text in (HELPERS.replace("register", "other"), FIXED, OTHER, MAIN):
            (project / changed).write_text(text)
            settle()
            assert check(*argv, stdin=stdin)[:2] == fresh(*argv, stdin=stdin)[:2]


def test_a_file_that_is_not_on_disk(project: Path) -> None:
    argv, stdin = editor("new.py"), HELPERS.encode()
    for _ in range(2):
        assert check(*argv, stdin=stdin) == fresh(*argv, stdin=stdin)
    (project / "new.py").write_bytes(stdin)
    assert check(*argv, stdin=stdin) == fresh(*argv, stdin=stdin)


def test_a_file_that_is_excluded() -> None:
    argv = ("--exclude=helpers.py", *editor("helpers.py"))
    first = check(*argv, stdin=HELPERS.encode())
    assert (first.code, first.out) == (0, "")
    assert check(*argv, stdin=b"def") == first._replace(recalled=True)


def test_a_file_that_becomes_a_link(project: Path) -> None:
    argv, stdin = editor("other.py"), OTHER.encode()
    check(*argv, stdin=stdin)
    (project / "other.py").unlink()
    (project / "other.py").symlink_to(project / "helpers.py")
    assert check(*argv, stdin=stdin)[:2] == fresh(*argv, stdin=stdin)[:2]
