"""The use case: a project's files in, a report out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from flake8_bgtasks.settings import Settings

Progress = "Callable[[str, int, int], None]"


def check(
    root: Path,
    files: Collection[str],
    reported: Collection[str],
    settings: Settings,
    overlays: Mapping[str, bytes] | None = None,
    named: Collection[str] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Check a project.

    `files` are all its Python files, relative to `root` with `/`; `reported` those whose findings
    are wanted; `overlays` replaces the content of files on disk (editor buffers, standard input);
    `named` are the files that the user named one by one (always parsed, for BGT900).
    `progress(stage, done, total)` is called now and then. Never raises for bad input: a file that can't be
    read, decoded or parsed is a BGT900 finding; an error of our own is a BGT901 finding.
    """
    raise NotImplementedError
