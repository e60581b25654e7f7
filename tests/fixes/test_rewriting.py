"""Rewriting files with another process or without: it must not matter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.findings import Span
from flake8_bgtasks.fixes import rewriting
from flake8_bgtasks.fixes.document import CannotEditError
from flake8_bgtasks.fixes.edits import Place, RemoveStatement
from flake8_bgtasks.fixes.render import Surroundings
from flake8_bgtasks.fixes.rewriting import Rewriter
from tests.fakes import noted_aside

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.fixes.edits import Edit

ANYWHERE = Surroundings(
    is_local=lambda *_: False, is_imported=lambda *_: False, width=lambda _: None
)
CONTENTS = {
    "a.py": b"gone()\nstays()\n",
    "b.py": b'\xef\xbb\xbfgone()\r\nprint("\xc3\xa9")\r\n',
    "c.py": b'# coding: latin-1\ngone()\nprint("\xe9\x80")\n',
    "d.py": b"def f():\n    gone()\n",
}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], bytes]]:
    """Allow it for two files; return what is done by other processes."""
    done: list[Callable[[], bytes]] = []
    monkeypatch.setattr(rewriting, "ENOUGH", 2)
    monkeypatch.setattr(rewriting, "can_fork", lambda: True)
    monkeypatch.setattr(rewriting, "aside", noted_aside(done))
    return done


def edits() -> dict[str, list[Edit]]:
    """Return what removes `gone()` from each file."""
    found: dict[str, list[Edit]] = {}
    for path, content in CONTENTS.items():
        lines = content.decode("latin-1").removeprefix("\xef\xbb\xbf").splitlines()
        (line,) = [number for number, text in enumerate(lines, 1) if "gone()" in text]
        column = lines[line - 1].index("gone") + 1
        found[path] = [RemoveStatement(Place(path, Span(line, column, line, column + 6)))]
    return found


def test_two_processes_make_the_same_changes(forks: list[Callable[[], bytes]]) -> None:
    alone = Rewriter(ANYWHERE, CONTENTS.__getitem__, forks=False).rewritten(edits())
    assert alone["d.py"].content == b"def f():\n    pass\n"
    assert forks == []
    rewriter = Rewriter(ANYWHERE, CONTENTS.__getitem__, forks=True)
    assert rewriter.rewritten(edits()) == alone
    assert rewriter.rewritten(edits()) == alone
    assert len(forks) == 1


@pytest.mark.parametrize("path", CONTENTS)
def test_a_file_that_can_not_be_changed_is_refused(
    path: str, forks: list[Callable[[], bytes]]
) -> None:
    contents = {**CONTENTS, path: b"gone()\nprint 1\n"}
    with pytest.raises(CannotEditError, match=path):
        Rewriter(ANYWHERE, contents.__getitem__, forks=True).rewritten(edits())
    assert forks


def test_work_is_done_here_if_it_fails_there(
    forks: list[Callable[[], bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Rewriter(ANYWHERE, CONTENTS.__getitem__, forks=False).rewritten(edits())
    monkeypatch.setattr(Rewriter, "_told", lambda *_: 1 // 0)
    found = Rewriter(ANYWHERE, CONTENTS.__getitem__, forks=True).rewritten(edits())
    assert found == alone
    assert forks
