"""Putting right what an interrupted run has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.write import WriteError, sweep, write_noted

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from flake8_bgtasks.fixes.journal import Journal, Pending


def recover(root: Path, journal: Journal, files: Collection[str]) -> str | None:
    """Finish what an interrupted run began, or take it back; return what to tell the user.

    `files` are those of the project. Raises WriteError where a file is in the way, or
    HalfDoneError. Until all is done the journal stays as it is, for the run after this one.
    """
    pending = journal.pending(files)
    if pending is None:
        return None
    if pending.unread:
        reason = "can't be read, and an interrupted --fix has to be finished"
        raise WriteError(pending.unread[0].path, reason)
    write_noted(root, pending.rest())
    journal.end(sweep(root, (*pending.old, *pending.new, *pending.other)))
    return _done(pending)


def describe(pending: Pending) -> str | None:
    """Say what an interrupted run has left, for a run that does not write."""
    if pending.damaged or not pending.is_half_done:
        return None
    names = ", ".join(file.path for file in (*pending.old, *pending.other, *pending.unread))
    return f"an interrupted --fix has not written {names}; the next --fix will put that right"


def _done(pending: Pending) -> str | None:
    if pending.damaged:
        return "the journal of an interrupted --fix can't be used; look at what it has changed"
    if not pending.is_half_done:
        return None
    if pending.other:
        names = ", ".join(file.path for file in pending.new)
        changed = ", ".join(file.path for file in pending.other)
        return f"took back an interrupted --fix in {names}, since {changed} was changed meanwhile"
    return f"finished an interrupted --fix in {', '.join(file.path for file in pending.old)}"
