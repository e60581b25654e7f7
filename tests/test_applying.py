"""Tracking and judging with another process or without: it must not matter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import pytest

from flake8_bgtasks import applying
from flake8_bgtasks.engine import check
from flake8_bgtasks.rules import RULES
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.tracking import halves, linker, reader
from flake8_bgtasks.tracking.recorded import Remembered
from tests.fakes import noted_aside
from tests.fixture_cases import Case, all_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.report import Reading

CASES = [case for case in all_cases() if case.is_bad and case.spans_modules][::7]
LOSES = """\
from fastapi import BackgroundTasks

def f(text):
    BackgroundTasks().add_task(f)
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


class Outcome(NamedTuple):
    """All that a check tells."""

    findings: tuple[Finding, ...]
    parsed: int
    consulted: frozenset[str]
    asked_for: frozenset[bytes]
    facts: dict[str, str]


class InTurns(applying.Queue):
    """Gives each of two processes every other number, whoever is faster."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers, self._here = [*numbers], os.getpid()
        super().__init__(self._numbers)

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers[os.getpid() != self._here :: 2])


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], bytes]]:
    """Allow it for the smallest project; return what is done by other processes."""
    done: list[Callable[[], bytes]] = []

    for module in (applying, linker):
        monkeypatch.setattr(module, "can_fork", lambda: True)
    for module in (applying, halves):
        monkeypatch.setattr(module, "aside", noted_aside(done))
        monkeypatch.setattr(module, "ENOUGH", 1)
    monkeypatch.setattr(applying, "Queue", InTurns)
    return done


def outcome(folder: Path, files: Iterable[str], settings: Settings, *, forks: bool) -> Outcome:
    read: list[Reading] = []
    paths, facts = sorted(files), Remembered()
    report = check(folder, paths, paths, settings, read=read.append, forks=forks, facts=facts)
    (reading,) = read
    consulted = frozenset(reading.consulted)
    return Outcome(
        report.findings, report.parsed, consulted, frozenset(reading.asked_for), dict(facts)
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_two_processes_find_the_same(case: Case, forks: list[Callable[[], bytes]]) -> None:
    settings = Settings(fastapi_version=case.fastapi_version)
    alone = outcome(case.folder, case.files, settings, forks=False)
    assert alone.findings
    assert forks == []
    together = outcome(case.folder, case.files, settings, forks=True)
    assert together._replace(facts=alone.facts) == alone
    assert alone.facts.items() <= together.facts.items()
    assert forks


def test_facts_of_the_other_process_are_not_tracked_again(
    tmp_path: Path, forks: list[Callable[[], bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tracked: list[int] = []
    track = reader._track_whole

    def counted(*arguments: object) -> object:
        tracked.append(1)
        return track(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "_track_whole", counted)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(LOSES)
    found = outcome(tmp_path, ["a.py", "b.py"], Settings(), forks=True)
    assert {finding.path for finding in found.findings} == {"a.py", "b.py"}
    assert len(tracked) == 1
    assert forks


@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt(), SystemExit()])
def test_work_is_done_here_if_it_fails_there(
    error: BaseException,
    tmp_path: Path,
    forks: list[Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "a.py").write_text(LOSES)
    alone = outcome(tmp_path, ["a.py"], Settings(), forks=False)
    here = os.getpid()

    def fails_elsewhere(*_: object) -> str:
        assert os.getpid() != here
        raise error

    monkeypatch.setattr(applying, "as_values", fails_elsewhere)
    monkeypatch.setattr(halves, "_get", lambda *_: os.getpid() != here and fails_elsewhere())
    assert outcome(tmp_path, ["a.py"], Settings(), forks=True) == alone
    assert forks


def test_work_is_done_here_where_processes_can_not_be_had(
    tmp_path: Path, forks: list[Callable[[], bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise BlockingIOError

    (tmp_path / "a.py").write_text(LOSES)
    alone = outcome(tmp_path, ["a.py"], Settings(), forks=False)
    monkeypatch.setattr(os, "fork", fails)
    assert outcome(tmp_path, ["a.py"], Settings(), forks=True) == alone
    assert forks


def test_rules_of_a_kind_are_taken_by_whoever_has_time() -> None:
    kinds = [rule.code[:-2] for rule in RULES]
    queue = applying.Queue(range(len(RULES)))
    first, second = iter(queue), iter(queue)
    taken = [next(first), next(second), *first, *second]
    assert sorted(taken) == [*range(len(RULES))]
    assert [kinds[number] for number in taken[:2]] == ["BGT5", "BGT6"]
    assert {kinds[number] for number in second} == set()
    queue.close()
