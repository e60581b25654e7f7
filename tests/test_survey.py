"""Looking at all files of a project, with another process or without: it must not matter."""

from __future__ import annotations

import multiprocessing.process
import os
import threading
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks import aside, survey
from flake8_bgtasks.project.files import Files
from flake8_bgtasks.project.seeds import Seeds
from tests.fakes import noted_aside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUTE = "from fastapi import BackgroundTasks\n\ndef route(tasks: BackgroundTasks): ...\n"
SOURCES = {
    "a.py": "import os\n",
    "b.py": ROUTE,
    "c.py": "import fastapi\nimport os, sys\n",
    "d.py": "from b import (\n    route,\n)\n",
    "e.py": ROUTE,
    "é.py": "name = 'é'\n",
}
PATHS = (*SOURCES, "folder.py", "absent.py")

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        (tmp_path / name).write_bytes(text.encode("latin-1" if name == "é.py" else "utf-8"))
    (tmp_path / "folder.py").mkdir()
    return tmp_path


def found(project: Path, meanwhile: Callable[[], object] | None) -> list[object]:
    files = Files(project, {})
    seeds = survey.survey(PATHS, files, meanwhile)
    return [seeds.files, seeds.whole, files.seen(), set(files.bad)]


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], bytes]]:
    """Allow it, though the tests may have other threads; return what is done by the others."""
    done: list[Callable[[], bytes]] = []

    monkeypatch.setattr(survey, "can_fork", lambda: True)
    monkeypatch.setattr(survey, "aside", noted_aside(done))
    return done


@needs_fork
def test_another_process_finds_the_same(project: Path, forks: list[Callable[[], bytes]]) -> None:
    alone = found(project, None)
    assert alone[:2] == [["b.py", "e.py"], ["c.py"]]
    assert alone[3] == {"folder.py", "absent.py"}
    assert forks == []
    assert found(project, bool) == alone
    assert len(forks) == 1


@needs_fork
@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt(), SystemExit()])
def test_work_is_done_here_if_it_fails_there(
    error: BaseException,
    project: Path,
    forks: list[Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone, here, finish = found(project, None), os.getpid(), Seeds.finish

    def fails_elsewhere(seeds: Seeds) -> None:
        if os.getpid() != here:
            raise error
        finish(seeds)

    monkeypatch.setattr(Seeds, "finish", fails_elsewhere)
    assert found(project, bool) == alone
    assert len(forks) == 1


@needs_fork
@pytest.mark.parametrize("function", ["fork", "waitpid"])
def test_work_is_done_here_where_processes_can_not_be_had(
    function: str,
    project: Path,
    forks: list[Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise BlockingIOError if function == "fork" else ChildProcessError

    alone = found(project, None)
    monkeypatch.setattr(os, function, fails)
    assert found(project, bool) == alone
    assert len(forks) == 1


@needs_fork
def test_nothing_is_done_aside_where_nothing_matters(
    tmp_path: Path, forks: list[Callable[[], bytes]]
) -> None:
    (tmp_path / "a.py").write_text("import os\n")
    called: list[int] = []
    assert not survey.survey(["a.py"], Files(tmp_path, {}), lambda: called.append(1))
    assert called == []
    assert forks == []


def test_a_worker_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 2}, raising=False)
    assert aside.can_fork()
    monkeypatch.setattr(multiprocessing.process, "parent_process", object)
    assert not aside.can_fork()


def test_a_process_with_threads_is_not_forked() -> None:
    goes_on = threading.Event()
    thread = threading.Thread(target=goes_on.wait)
    thread.start()
    try:
        assert not aside.can_fork()
    finally:
        goes_on.set()
        thread.join()
