"""Rewriting files, half of many in another process."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_bgtasks.aside import aside, can_fork
from flake8_bgtasks.fixes.document import CannotEditError, Change, Document
from flake8_bgtasks.fixes.render import render
from flake8_bgtasks.fixes.verify import Rewritten
from flake8_bgtasks.project.source import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.render import Surroundings

    Task = tuple[str, frozenset[Edit]]

_OPEN = 20
"""So many files are kept parsed, each of which takes a hundred times its size."""

ENOUGH = 40
"""So many files are worth a process of their own."""


class Rewriter:
    """Makes edits in the files of a project in one state; none of them twice."""

    def __init__(
        self, surroundings: Surroundings, content: Callable[[str], bytes], *, forks: bool
    ) -> None:
        """`content(path)` is what a file holds; `forks` allows a second process."""
        self._surroundings = surroundings
        self._content = content
        self._forks = forks
        self._document = lru_cache(maxsize=_OPEN)(self._parsed)
        self._done: dict[Task, Rewritten] = {}

    def rewritten(self, edits: Mapping[str, Iterable[Edit]]) -> dict[str, Rewritten]:
        """Return the files with edits made, by their paths. Raises CannotEditError."""
        tasks = [(path, frozenset(edits[path])) for path in sorted(edits)]
        new = [task for task in tasks if task not in self._done]
        if self._forks and len(new) >= ENOUGH and can_fork():
            self._do_together(new)
        return {task[0]: self._get(task) for task in tasks}

    def _get(self, task: Task) -> Rewritten:
        if task not in self._done:
            self._done[task] = self._rewrite(*task)
        return self._done[task]

    def _parsed(self, path: str) -> Document:
        return Document(path, self._content(path), self._surroundings.width(path))

    def _rewrite(self, path: str, edits: frozenset[Edit]) -> Rewritten:
        document = self._document(path)
        changes = render(document, edits, self._surroundings)
        return Rewritten(document.text, changes, document.changed(changes))

    def _do_together(self, tasks: Sequence[Task]) -> None:
        """Do some tasks, half of them in another process; what can't be done there is left."""
        mine, others = tasks[::2], tasks[1::2]
        told = aside(lambda: json.dumps([*map(self._told, others)]).encode())
        try:
            for task in mine:
                self._get(task)
        finally:
            data = told()
        for task, found in zip(others, json.loads(data or b"[]"), strict=False):
            if found is not None:
                self._done[task] = self._heard(task[0], *found)

    def _told(self, task: Task) -> tuple[list[tuple[int, int, bool, str]], str] | None:
        try:
            done = self._rewrite(*task)
        except CannotEditError:
            return None
        changes = [(c.start, c.end, c.is_layout, c.text) for c in done.changes]
        return changes, done.content.decode("latin-1")

    def _heard(
        self, path: str, changes: Iterable[tuple[int, int, bool, str]], new: str
    ) -> Rewritten:
        made = tuple(
            Change(start, end, text, is_layout=is_layout) for start, end, is_layout, text in changes
        )
        return Rewritten(decode(self._content(path)), made, new.encode("latin-1"))
