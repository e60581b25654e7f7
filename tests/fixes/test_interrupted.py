"""A run that is killed leaves every file old or new, and the next one puts things right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.journal import BusyError, open_journal
from flake8_bgtasks.fixes.recovery import describe, recover
from flake8_bgtasks.fixes.write import HalfDoneError, WriteError, write
from tests.fixes.interrupting import deny, in_child, interrupt_at, kill_myself
from tests.fixes.test_write import FILES, NEW, OLD, contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nobody can be killed so")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "pkg").mkdir(parents=True)
    restore(folder)
    return folder


def restore(root: Path) -> None:
    for name, content in OLD.items():
        (root / name).write_bytes(content)


def killed_before(root: Path, step: int) -> int:
    """Write all files in a child that is killed before a system call; return how it ended.

    A child that gets to the end exits with the number of its system calls.
    """

    def work() -> int:
        count = interrupt_at(step, kill_myself)
        write(root, FILES, open_journal(root), os.replace)
        return next(count)

    return in_child(work)


def python_files(root: Path) -> dict[str, bytes]:
    return {name: content for name, content in contents(root).items() if name.endswith(".py")}


def test_killed_anywhere(root: Path) -> None:
    steps = os.waitstatus_to_exitcode(killed_before(root, -1))
    seen: set[int] = set()
    for step in range(steps):
        restore(root)
        assert os.WTERMSIG(killed_before(root, step)) == signal.SIGKILL
        files = python_files(root)
        assert all(files[name] in (OLD[name], NEW[name]) for name in OLD)
        seen.add(sum(files[name] == NEW[name] for name in OLD))
        recover(root, open_journal(root), OLD)
        assert contents(root) in (OLD, NEW)
        assert open_journal(root).pending(OLD) is None
    assert steps > 20
    assert seen == {0, 1, 2, 3}


def half_done(root: Path, *written: str) -> None:
    """Leave things as a run would that is killed when it has written some files."""
    open_journal(root).begin(FILES)
    for name in written:
        (root / name).write_bytes(NEW[name])


def test_the_rest_is_written(root: Path) -> None:
    half_done(root, "a.py")
    pending = open_journal(root).pending(OLD)
    assert pending is not None
    assert describe(pending) == (
        "an interrupted --fix has not written pkg/b.py, pkg/c.py; "
        "the next --fix will put that right"
    )
    said = recover(root, open_journal(root), OLD)
    assert said == "finished an interrupted --fix in pkg/b.py, pkg/c.py"
    assert contents(root) == NEW
    assert recover(root, open_journal(root), OLD) is None


def test_it_is_taken_back_if_somebody_changed_the_rest(root: Path) -> None:
    half_done(root, "a.py", "pkg/b.py")
    (root / "pkg/c.py").write_bytes(b"mine = 3\n")
    said = recover(root, open_journal(root), OLD)
    assert said == (
        "took back an interrupted --fix in a.py, pkg/b.py, since pkg/c.py was changed meanwhile"
    )
    assert contents(root) == {**OLD, "pkg/c.py": b"mine = 3\n"}


@pytest.mark.parametrize("changed", [None, b"mine = 3\n"])
@pytest.mark.parametrize("interrupt", [kill_myself, deny])
def test_the_next_run_is_interrupted_too(
    root: Path, interrupt: Callable[[], None], changed: bytes | None
) -> None:
    """It finishes what the first one began, or takes it back: whatever becomes of a second one."""
    mine = {} if changed is None else {"pkg/c.py": changed}

    def recovering(step: int) -> int:
        restore(root)
        half_done(root, "a.py", "pkg/b.py")
        for name, content in mine.items():
            (root / name).write_bytes(content)
        return in_child(lambda: recovered(root, step, interrupt))

    steps = os.waitstatus_to_exitcode(recovering(-1))
    for step in range(steps):
        recovering(step)
        files = python_files(root)
        pending = open_journal(root).pending(OLD)
        if files not in (NEW, {**OLD, **mine}):
            assert pending is not None
            assert describe(pending)
        recover(root, open_journal(root), OLD)
        assert contents(root) == ({**OLD, **mine} if mine else NEW), step
        assert open_journal(root).pending(OLD) is None
    assert steps > 10


def recovered(root: Path, step: int, interrupt: Callable[[], None]) -> int:
    """Recover, interrupted at a system call; return how many there were."""
    count = interrupt_at(step, interrupt)
    with suppress(WriteError, HalfDoneError):
        recover(root, open_journal(root), OLD)
    return next(count)


def test_no_part_of_a_journal_stays(root: Path, state: Path) -> None:
    steps = os.waitstatus_to_exitcode(killed_before(root, -1))
    for step in range(steps):
        restore(root)
        killed_before(root, step)
        recover(root, open_journal(root), OLD)
    restore(root)
    write(root, FILES, open_journal(root))
    assert [path.suffix for path in state.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("written", [(), tuple(OLD)])
def test_nothing_is_said_where_nothing_is_half_done(root: Path, written: tuple[str, ...]) -> None:
    half_done(root, *written)
    before = contents(root)
    assert recover(root, open_journal(root), OLD) is None
    assert contents(root) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "[]",
        lambda _: "[" * 100_000,
        lambda _: '{"files": [], "version": ' + "1" * 5_000 + "}",
        lambda text: text.replace("a.py", "../../etc/passwd"),
        lambda text: text.replace("pkg/b.py", "/etc/passwd"),
        lambda text: json.dumps({**json.loads(text), "version": 2}),
        lambda text: json.dumps({**json.loads(text), "root": "/"}),
        lambda text: json.dumps({**json.loads(text), "files": [{"path": "a.py"}]}),
        lambda text: json.dumps({**json.loads(text), "files": 7}),
    ],
)
def test_a_journal_that_is_not_sound_is_not_followed(
    root: Path, state: Path, change: object
) -> None:
    half_done(root, "a.py")
    (file,) = state.rglob("*.json")
    file.write_text(change(file.read_text()))  # type: ignore[operator]
    before = contents(root)
    said = recover(root, open_journal(root), OLD)
    assert said == "the journal of an interrupted --fix can't be used; look at what it has changed"
    assert contents(root) == before
    assert recover(root, open_journal(root), OLD) is None


def test_files_that_left_the_project_are_not_written(root: Path) -> None:
    half_done(root, "a.py")
    assert "can't be used" in (recover(root, open_journal(root), ["a.py"]) or "")


def test_one_at_a_time(root: Path) -> None:
    with (
        open_journal(root).locked(),
        pytest.raises(BusyError, match="another --fix is at work"),
        open_journal(root).locked(patience=0.1),
    ):
        pass
    with open_journal(root).locked(patience=0):
        pass


def test_a_killed_run_gives_the_lock_back(root: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from flake8_bgtasks.fixes.journal import open_journal\n"
        "with open_journal(Path(sys.argv[1])).locked():\n"
        "    print('locked', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        other.kill()
    started = time.monotonic()
    with open_journal(root).locked(patience=5):
        assert time.monotonic() - started < 5
