"""Looking at all files of a project, with another process or without: it must not matter."""

from __future__ import annotations

import multiprocessing.process
import os
import threading
from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple

import pytest

from flake8_bgtasks import aside, survey
from flake8_bgtasks.project.files import Files
from flake8_bgtasks.project.interest import Search, TooFarError
from flake8_bgtasks.project.searching import SearchAside, names_of
from flake8_bgtasks.project.seeds import Seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flake8_bgtasks.aside import Talk
    from flake8_bgtasks.project.files import Seen

HELPER = "from fastapi import BackgroundTasks\n\ndef notify(tasks: BackgroundTasks): ...\n"
CALLER = "from b import (\n    notify,\n)\n\nNAME = 1\n\ndef create(other):\n    notify(other)\n"
SOURCES = {
    "a.py": "import os\n",
    "b.py": HELPER,
    "c.py": "import fastapi\nimport os, sys\n",
    "d.py": CALLER,
    "e.py": HELPER,
    "f.py": "from d import create\n\ndef last(): create(None)\n",
    "g.py": "import fastapi\n\ndef broken(tasks: fastapi.BackgroundTasks:\n",
    "é.py": "name = 'é'\n",
}
PATHS = (*SOURCES, "folder.py", "absent.py")
TRACED = [("d.py", "create")]

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


class Found(NamedTuple):
    """What a search finds, by itself and with callers, and what it leaves."""

    relevant: dict[str, set[int]]
    wider: dict[str, set[int]] | None
    seen: Seen
    outlines: dict[str, tuple[object, ...]]
    tracked: list[tuple[str, int]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        (tmp_path / name).write_bytes(text.encode("latin-1" if name == "é.py" else "utf-8"))
    (tmp_path / "folder.py").mkdir()
    return tmp_path


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Talk]]:
    """Allow it, though the tests may have other threads; return the talks with the others."""
    talks: list[Talk] = []

    def noted(work: Callable[[Talk], None]) -> Talk | None:
        talk = aside.beside(work)
        talks.extend(filter(None, [talk]))
        return talk

    monkeypatch.setattr(survey, "can_fork", lambda: True)
    monkeypatch.setattr(survey, "beside", noted)
    yield talks
    for talk in talks:
        talk.end()


def found(
    root: Path, *, is_aside: bool, most: int = 100, between: Callable[[], object] = bool
) -> Found:
    files, tracked = Files(root, {}), list[tuple[str, int]]()
    search = alone = Search(PATHS, files, names_of(root, PATHS, files))
    if is_aside:
        seeds, talk = survey.survey_aside(root, PATHS, files)
        if talk is not None:
            search = SearchAside(talk, files, lambda *at: tracked.append(at), lambda: alone)  # type: ignore[assignment]
    else:
        seeds = survey.survey(PATHS, files)
    relevant = search.from_seeds(seeds).relevant
    between()
    try:
        wider = search.with_callers(TRACED, most).relevant
    except TooFarError:
        wider = None
    seen = deepcopy(files.seen())
    return Found(relevant, wider, seen, {path: plain(files, path) for path in PATHS}, tracked)


def plain(files: Files, path: str) -> tuple[object, ...]:
    """Return what a module has, whether its statements have been parsed or not."""
    outline = files.surface(path)
    if outline is None:
        return ()
    statements = [(s.index, s.first, s.last, s.binds, s.defines) for s in outline.statements]
    return (outline.lines, statements, outline.imports, outline.exported, outline.postponed)


@needs_fork
@pytest.mark.parametrize("most", [100, 1])
def test_another_process_finds_the_same(project: Path, forks: list[Talk], most: int) -> None:
    alone = found(project, is_aside=False, most=most)
    assert alone.relevant == {"b.py": {0}, "d.py": {1}, "e.py": {0}, "g.py": set()}
    assert alone.wider == ({**alone.relevant, "f.py": {0}} if most == 100 else None)
    assert alone.seen["bad"].keys() == {"folder.py", "absent.py", "g.py"}
    assert forks == []
    beside = found(project, is_aside=True, most=most)
    assert beside._replace(tracked=[]) == alone
    assert len(forks) == 1


@needs_fork
@pytest.mark.usefixtures("forks")
def test_what_surely_matters_is_known_early(project: Path) -> None:
    tracked = found(project, is_aside=True).tracked
    assert set(tracked) <= {("b.py", 0), ("d.py", 1), ("e.py", 0)}
    assert len(tracked) == len(set(tracked))


@needs_fork
@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt(), SystemExit()])
@pytest.mark.parametrize("function", ["finish", "from_seeds", "with_callers"])
def test_work_is_done_here_if_it_fails_there(
    function: str,
    error: BaseException,
    project: Path,
    forks: list[Talk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone, here = found(project, is_aside=False), os.getpid()
    owner: type = Seeds if function == "finish" else Search
    does = getattr(owner, function)

    def fails_elsewhere(*arguments: object) -> object:
        if os.getpid() != here:
            raise error
        return does(*arguments)

    monkeypatch.setattr(owner, function, fails_elsewhere)
    assert found(project, is_aside=True)._replace(tracked=[]) == alone
    assert len(forks) == 1


@needs_fork
def test_work_is_done_here_where_processes_can_not_be_had(
    project: Path, forks: list[Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise BlockingIOError

    alone = found(project, is_aside=False)
    monkeypatch.setattr(os, "fork", fails)
    assert found(project, is_aside=True) == alone
    assert forks == []


@needs_fork
@pytest.mark.parametrize("is_outlined", [True, False])
def test_files_that_change_meanwhile_are_read_as_they_are(
    project: Path, forks: list[Talk], monkeypatch: pytest.MonkeyPatch, *, is_outlined: bool
) -> None:
    """The other process has read them before: nothing it says of them is believed."""
    name = "b.py" if is_outlined else "d.py"
    listen, changed = aside.Talk.hear, f"import os\n\n\n{SOURCES[name]}"

    def hears_late(talk: Talk) -> object:
        if not is_here(talk):
            return listen(talk)
        if not (project / "changed").exists():
            while not talk.has_more():
                pass
            (project / name).write_text(changed)
            (project / "changed").touch()
        return listen(talk)

    monkeypatch.setattr(aside.Talk, "hear", hears_late)
    beside = found(project, is_aside=True)
    lines = tuple(changed.splitlines(keepends=True))
    assert beside.outlines[name][0] == lines
    assert beside.outlines == found(project, is_aside=False).outlines
    assert len(forks) == 1


def is_here(talk: Talk) -> bool:
    return talk._child is not None


@needs_fork
def test_nothing_is_done_aside_where_nothing_matters(tmp_path: Path, forks: list[Talk]) -> None:
    (tmp_path / "a.py").write_text("import os\n")
    seeds, talk = survey.survey_aside(tmp_path, ["a.py"], Files(tmp_path, {}))
    assert not seeds
    assert talk is None
    assert forks == []


@needs_fork
def test_processes_talk_of_more_than_a_pipe_holds() -> None:
    def echo(talk: Talk) -> None:
        while True:
            talk.say(talk.hear())

    talk = aside.beside(echo)
    assert talk is not None
    try:
        for said in ("a" * 300_000, {"é": [1, None]}, "\udce9", ""):
            talk.say(said)
            assert talk.hear() == said
        assert not talk.has_more()
    finally:
        talk.end()


@needs_fork
def test_a_process_that_has_ended_is_heard_of() -> None:
    talk = aside.beside(lambda talk: talk.say("last"))
    assert talk is not None
    try:
        assert talk.hear() == "last"
        with pytest.raises(EOFError):
            talk.hear()
    finally:
        talk.end()


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
