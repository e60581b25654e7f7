"""`flake8 --bgtasks-fix`: repair before flake8 reads the files, which then reports what is left."""

from __future__ import annotations

import sys
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.baseline import not_listed
from flake8_bgtasks.inputs import STDIN
from flake8_bgtasks.paths import Paths
from flake8_bgtasks.quiet import without_warnings
from flake8_bgtasks.repair import Job, carry_out, summary
from flake8_bgtasks.request import find_project, request_of
from flake8_bgtasks.selection import Selection, choose
from flake8_bgtasks.sources import Source, read_source
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.request import Project


@without_warnings()
def fix_first(options: Namespace, cwd: str) -> None:
    """Repair what flake8's options ask for. Raises UsageError where that can't be done."""
    if STDIN in (options.filenames or ()):
        _say("standard input is not repaired; `flake8-bgtasks --fix -` does that")
        return
    project = find_project(request_of(options), cwd)
    if not project.files:
        return
    result = carry_out(_job(options, project))
    for line in [*result.notices, summary(result.repaired)]:
        if line:
            _say(line)


def _job(options: Namespace, project: Project) -> Job:
    paths = Paths(project.root, project.cwd, tuple(options.filenames or (".",)))

    def chosen(findings: Sequence[Finding], contents: Mapping[str, bytes]) -> list[Finding]:
        @cache
        def source_of(path: str) -> Source:
            return read_source(paths.absolute(path), contents.get(path))

        new = not_listed(findings, project.baseline, source_of)
        mine = [finding for finding in new if finding.path in project.reported]
        return choose(mine, partial(Selection, options), paths, source_of)

    return Job(
        root=Path(project.root),
        files=sorted(project.files),
        settings=project.settings,
        choose=chosen,
        style=options.bgtasks_fix_style,
        unsafe=options.bgtasks_unsafe_fixes,
        forks=True,
    )


def _say(line: str) -> None:
    print(f"flake8-bgtasks: {printable(line)}", file=sys.stderr)
