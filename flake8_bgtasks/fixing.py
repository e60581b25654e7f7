"""`--fix` and `--diff` of the command line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.inputs import Inputs
from flake8_bgtasks.options import settings_of
from flake8_bgtasks.paths import Paths
from flake8_bgtasks.repair import Job, carry_out, propose, summary
from flake8_bgtasks.selection import select
from flake8_bgtasks.sources import Source, read_source
from flake8_bgtasks.terminal import printable, write_bytes
from flake8_bgtasks.tracking.recorded import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import SimpleNamespace
    from typing import TextIO

    from flake8_bgtasks.engine import Run
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.recorded import Facts

    Say = Callable[[str], None]


class Fixed(NamedTuple):
    """The inputs as they are after a repair, how many findings it repaired, the last look at it."""

    inputs: Inputs
    findings: int
    run: Run


def show_diff(job: Job, inputs: Inputs, cwd: str, stdout: TextIO, say: Say) -> bool:
    """Print what `--fix` would change; return whether it would change anything."""
    from flake8_bgtasks.fixes.patch import patch

    result = propose(job)
    paths = Paths(inputs.found.root, cwd, inputs.given)
    diff = patch(result.repaired.files, paths.relative)
    if stdout.isatty():
        stdout.write(printable(diff.decode("utf-8", "backslashreplace"), keep="\n\t"))
    else:
        write_bytes(stdout, diff)  # for `git apply`, which needs every byte
    _tell([*result.notices, summary(result.repaired, written=False)], say)
    return bool(diff)


def fix(job: Job, inputs: Inputs, say: Say) -> Fixed:
    """Repair what is asked for."""
    result = propose(job) if inputs.overlays else carry_out(job)
    _tell([*result.notices, summary(result.repaired)], say)
    if inputs.overlays:
        new = {file.path: file.new for file in result.repaired.files}
        inputs = Inputs(inputs.found, inputs.given, {**inputs.overlays, **new})
    return Fixed(inputs, result.repaired.fixed, result.run)


def _tell(lines: Sequence[str], say: Say) -> None:
    for line in lines:
        if line:
            say(line)


def job_of(
    options: SimpleNamespace,
    inputs: Inputs,
    cwd: str,
    facts: Facts | None = None,
    *,
    forks: bool = False,
) -> Job:
    """Return what the options ask to repair; `facts` are those of earlier runs."""
    found = inputs.found
    paths = Paths(found.root, cwd, inputs.given)
    reported = frozenset(found.reported)

    from flake8_bgtasks.baseline import not_listed

    def choose(findings: Sequence[Finding], contents: Mapping[str, bytes]) -> list[Finding]:
        @cache
        def source_of(path: str) -> Source:
            return read_source(paths.absolute(path), contents.get(path))

        new = not_listed(findings, options.baseline, source_of)
        mine = [finding for finding in new if finding.path in reported]
        return select(mine, options, paths, source_of)

    return Job(
        root=Path(found.root),
        files=found.files,
        settings=settings_of(options),
        choose=choose,
        style=options.fix_style,
        unsafe=options.unsafe_fixes,
        stdin=inputs.overlays,
        facts=Remembered() if facts is None else facts,
        forks=forks,
    )
