"""Words are found where they stand, by search and by index alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.engine import Run
from flake8_bgtasks.fixes import words
from flake8_bgtasks.settings import Settings
from tests.fakes import write_tree

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "main.py": "from fastapi import BackgroundTasks\n\ntasks = BackgroundTasks()\n",
    "other.py": "# BackgroundTasks, größe\nbackground_tasks = 'tasks'\n",
    "more/tasks_of.py": "größer = tasks_of = BackgroundTasksOf = 1\n",
}


@pytest.mark.parametrize("few", [0, 50])
@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("BackgroundTasks", ["main.py", "other.py"]),
        ("tasks", ["main.py", "other.py"]),
        ("größe", ["other.py"]),
        ("Tasks", []),
    ],
)
def test_words_are_found(
    word: str, expected: list[str], few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_FEW", few)
    write_tree(tmp_path, FILES)
    run = Run(tmp_path, FILES, Settings("0.165"), {})
    run.report(FILES)
    assert run.program is not None
    found = words.Words(run.program)
    assert found.files_with([word]) == expected
    assert found.files_with([word, "tasks_of"]) == sorted([*expected, "more/tasks_of.py"])
