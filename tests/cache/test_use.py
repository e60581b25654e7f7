"""The cache is used, and where it must not be, it isn't."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from zlib import crc32

import pytest

from flake8_bgtasks.cache.storage import FORMAT, MAX_RECORDS, Storage
from tests.cache.helpers import (
    HELPERS,
    MAIN,
    check,
    fresh,
    is_root,
    records,
    settle,
    write,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project the working directory, and return the folder of the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(tmp_path / "project", {"main.py": MAIN, "helpers.py": HELPERS, "setup.cfg": "[flake8]\n"})
    settle()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "cache" / "flake8-bgtasks"


def tamper(record: Path, old: bytes, new: bytes) -> None:
    """Change a record such that it still looks whole."""
    rest = record.read_bytes().partition(b"\n")[2].replace(old, new)
    record.write_bytes(f"{FORMAT} {crc32(rest):08x}\n".encode() + rest)


def test_what_was_printed_is_printed_again(cache: Path) -> None:
    first = check()
    assert (first.code, first.recalled) == (1, False)
    assert "BGT101" in first.out
    assert check() == first._replace(recalled=True)
    tamper(records(cache, "run")[0], b"BGT101", b"BGT000")
    assert check().out == first.out.replace("BGT101", "BGT000")


RAISES = """
from fastapi import BackgroundTasks, FastAPI

app = FastAPI()

@app.exception_handler(LookupError)
def answer(request, error): ...

def send(name):
    raise LookupError(name)

@app.post("/mails")
def mail(tasks: BackgroundTasks):
    tasks.add_task(send, "a")
"""


@pytest.mark.parametrize(
    ("text", "recalled"),
    [
        ("import helpers\n", False),
        ("from fastapi import Response\n\nResponse()\n", True),
        ("from fastapi import FastAPI\n\nshop = FastAPI()\n", False),
    ],
)
def test_a_question_to_all_files_is_asked_again(cache: Path, text: str, recalled: bool) -> None:
    """BGT507 asks whether there is one app, and where its handlers are."""
    write(cache.parent.parent / "project", {"main.py": RAISES, "other.py": "import os\n"})
    settle()
    assert "BGT507" in check().out
    write(cache.parent.parent / "project", {"other.py": text})
    found = check()
    assert found.recalled is recalled
    assert found[:2] == fresh()[:2]


@pytest.mark.parametrize(
    ("name", "text", "recalled"),
    [
        ("other.py", "import sys\n\nprint(sys.path)\n", True),
        ("other.py", "import helpers\n", False),
        ("other.py", "import fastapi\n", False),
        ("other.py", "import os\ndef f(:\n", False),
        ("main.py", MAIN + "\n", False),
    ],
)
def test_a_change_that_cannot_matter_is_overlooked(
    cache: Path, name: str, text: str, recalled: bool
) -> None:
    write(Path(), {"other.py": "import os\n"})
    settle()
    check()
    write(Path(), {name: text})
    again = check()
    assert again == (*fresh()[:2], recalled)
    assert records(cache, "run")


@pytest.mark.usefixtures("cache")
def test_what_changes_as_a_run_starts_is_looked_at_alone_the_next_time() -> None:
    """Its time tells nothing, but what it holds does; and so again after each change."""
    write(Path(), {"other.py": "import os\n"})
    settle()
    write(Path(), {"other.py": "import sys\n"})
    check()
    for name in ("sys", "os", "re"):
        write(Path(), {"other.py": f"import {name}\n"})
        assert check() == (*fresh()[:2], True)
    write(Path(), {"other.py": "import fastapi\n"})
    assert check() == (*fresh()[:2], False)


def test_a_report_serves_other_arguments_and_flake8(cache: Path) -> None:
    check()
    tamper(records(cache, "report")[0], b"BGT101", b"BGT102")
    other = check("--show-source")
    assert not other.recalled
    assert "BGT102" in other.out


@pytest.mark.usefixtures("cache")
def test_nothing_slow_is_imported() -> None:
    code = f"""
import sys
sys.path += [{str(ROOT)!r}, {sysconfig.get_path("purelib")!r}]
from flake8_bgtasks.__main__ import main
print("exit", main())
print(*sys.modules)
"""
    command = [sys.executable, "-I", "-S", "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in "ab"]
    assert "exit 1" in runs[1].stdout
    imported = runs[1].stdout.split("\n")[-2].split()
    slow = ("argparse", "ast", "flake8", "json", "libcst", "pathlib", "re", "typing")
    assert [name for name in slow if name in imported] == []


def test_no_cache_neither_reads_nor_writes(cache: Path) -> None:
    assert not fresh().recalled
    assert not cache.exists()


def test_cache_dir_takes_the_place_of_the_users_folder(cache: Path, tmp_path: Path) -> None:
    check(f"--cache-dir={tmp_path / 'other'}")
    assert records(tmp_path / "other", "report")
    assert not cache.exists()


def test_without_a_place_there_is_no_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.parent.write_text("a file")
    assert check() == check()
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert check() == check()


def test_records_are_private(cache: Path) -> None:
    check()
    assert cache.stat().st_mode & 0o777 == 0o700
    assert {record.stat().st_mode & 0o777 for record in records(cache)} == {0o600}


@pytest.mark.parametrize("what", ["file", "folder", "link", "owner"])
def test_what_others_may_have_written_is_not_read(cache: Path, what: str, tmp_path: Path) -> None:
    first = check()
    for record in records(cache):
        if what == "file":
            record.chmod(0o606)
        elif what == "link":
            record.rename(tmp_path / record.name)
            record.symlink_to(tmp_path / record.name)
        elif what == "owner":
            if not is_root():
                pytest.skip("only root can give files away")
            os.chown(record, 12345, -1)
    if what == "folder":
        cache.chmod(0o777)
    assert check() == first


@pytest.mark.skipif(not is_root(), reason="only root can give links away")
def test_a_link_of_somebody_elses_is_not_followed(cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    cache.parent.mkdir()
    cache.symlink_to(own)
    os.chown(cache, 12345, -1, follow_symlinks=False)
    assert check() == check()
    assert records(own) == []
    os.chown(cache, os.geteuid(), -1, follow_symlinks=False)
    check()
    assert records(own)


@pytest.mark.parametrize("kind", ["run", "report"])
def test_a_damaged_record_is_as_good_as_none(cache: Path, kind: str) -> None:
    first = check()
    whole = records(cache, kind)[0].read_bytes()
    for step in range(0, len(whole), 97):
        for data in (whole[:step], whole[:step] + b"\xff" + whole[step + 1 :], whole + b"x"):
            Path(records(cache, kind)[0]).write_bytes(data)
            assert Storage(str(cache)).load(kind, ("any",)) is None
            if step % 970 == 0:
                assert check().out == first.out


def test_nonsense_that_looks_whole_is_as_good_as_none(cache: Path) -> None:
    first = check()
    for kind in ("run", "report"):
        head = records(cache, kind)[0].read_bytes().split(b"\n")[1]
        for body in (b"", b"\n", b"\na\nb\nc\n9 9 9", b"\n1\n[[1], 2, 3]\n\n0", b"\n1\n{}\n\n-5"):
            rest = head + body
            data = f"{FORMAT} {crc32(rest):08x}\n".encode() + rest
            records(cache, kind)[0].write_bytes(data)
            assert check().out == first.out


@pytest.mark.usefixtures("cache")
def test_another_version_of_the_tool_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    monkeypatch.setattr("flake8_bgtasks.cache.runs.fingerprint", lambda: "another")
    assert not check().recalled


def test_old_records_are_dropped(tmp_path: Path) -> None:
    storage = Storage(str(tmp_path / "cache"))
    for number in range(MAX_RECORDS + 20):
        storage.save("run", ("key", str(number)), ["line"])
    assert len(records(tmp_path)) <= MAX_RECORDS
    assert storage.load("run", ("key", str(MAX_RECORDS + 19))) == ["line"]


def test_many_runs_at_once_agree(cache: Path) -> None:
    command = [sys.executable, "-m", "flake8_bgtasks"]
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=path) for _ in range(4)
    ]
    assert {run.communicate()[0] for run in runs} == {fresh().out}
    assert not records(cache, "tmp")
