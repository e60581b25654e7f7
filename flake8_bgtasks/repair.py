"""Repairing a project on disk: the one way in which both faces do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.engine import Run
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.fixes.apply import Examined
from flake8_bgtasks.tracking.recorded import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.apply import Repaired
    from flake8_bgtasks.fixes.journal import Journal
    from flake8_bgtasks.fixes.plans import Style
    from flake8_bgtasks.settings import Settings
    from flake8_bgtasks.tracking.recorded import Facts

    Contents = Mapping[str, bytes]


@dataclass(frozen=True)
class Job:
    """What is to be repaired, and how.

    `files` are all those of the project, relative to `root`. `choose` gets all findings, and the
    contents that stand for files on disk, and returns the findings that the user is shown.
    `stdin` is the content of a file that is not on disk: then no other file may change. `facts` are
    those of the project in one state, most of which hold in the next. `forks` allows a second
    process, for as long as this one has one thread only.
    """

    root: Path
    files: Sequence[str]
    settings: Settings
    choose: Callable[[Sequence[Finding], Contents], Sequence[Finding]]
    style: Style
    unsafe: bool
    stdin: Contents = field(default_factory=dict)
    facts: Facts = field(default_factory=Remembered)
    forks: bool = False


@dataclass(frozen=True)
class Looked(Examined):
    """A project in one state, and the run that looked at it."""

    run: Run


@dataclass(frozen=True)
class Result:
    """What was repaired, and is left; `notices` are for the user."""

    repaired: Repaired
    notices: tuple[str, ...]

    @property
    def run(self) -> Run:
        """The last look at the project, as it is now."""
        assert isinstance(self.repaired.examined, Looked)
        return self.repaired.examined.run


def propose(job: Job) -> Result:
    """Repair in memory only."""
    from flake8_bgtasks.fixes.journal import existing_journal
    from flake8_bgtasks.fixes.recovery import describe

    journal = existing_journal(job.root)
    pending = journal.pending(job.files) if journal else None
    notice = describe(pending) if pending else None
    return Result(_repaired(job, {}), (notice,) if notice else ())


def propose_over(job: Job, contents: Contents) -> Repaired:
    """Repair in memory a project of which some files are open, and hold something else."""
    from flake8_bgtasks.fixes.apply import Rules, repair

    def examine(new: Contents) -> Examined:
        return _examine(job, {**contents, **new})

    return repair(examine, Rules(job.unsafe, lambda _path: None))


def carry_out(job: Job) -> Result:
    """Repair, and write the files. Raises UsageError where that can't be done."""
    from flake8_bgtasks.fixes.journal import BusyError, open_journal
    from flake8_bgtasks.fixes.recovery import recover
    from flake8_bgtasks.fixes.write import HalfDoneError, WriteError

    try:
        journal = open_journal(job.root)
        with journal.locked():
            notice = recover(job.root, journal, job.files)
            return Result(_written(job, journal), (notice,) if notice else ())
    except (BusyError, WriteError) as error:
        raise UsageError(f"nothing was repaired: {error}") from error
    except HalfDoneError as error:
        raise UsageError(f"the repair stopped halfway: {error}") from error
    except OSError as error:
        raise UsageError(f"can't repair anything: {error}") from error


def _written(job: Job, journal: Journal) -> Repaired:
    """Write what is repaired; without a file that turns out not to be writable, if need be."""
    from flake8_bgtasks.fixes.write import WriteError, write

    obstacles: dict[str, str] = {}
    while True:
        repaired = _repaired(job, obstacles)
        try:
            write(job.root, repaired.files, journal)
        except WriteError as error:
            if error.path in obstacles:
                raise
            obstacles[error.path] = str(error)
        else:
            return repaired


def _repaired(job: Job, obstacles: Mapping[str, str]) -> Repaired:
    from flake8_bgtasks.fixes.apply import Rules, repair

    rules = Rules(job.unsafe, partial(_obstacle, job, obstacles), job.forks)
    return repair(partial(_examine, job), rules)


def _obstacle(job: Job, obstacles: Mapping[str, str], path: str) -> str | None:
    """Return why a file must not change, None if it may."""
    from flake8_bgtasks.fixes.write import obstacle

    if job.stdin:
        return None if path in job.stdin else f"the fix also changes {path}"
    return obstacles.get(path) or obstacle(job.root, path)


def _examine(job: Job, contents: Contents) -> Looked:
    """Check the project with some contents replaced."""
    from flake8_bgtasks.fixes.offers import planner
    from flake8_bgtasks.fixes.surroundings import ALONE, surroundings_of

    overlays = {**job.stdin, **contents}
    run = Run(job.root, job.files, job.settings, overlays, forks=job.forks, facts=job.facts)
    report = run.report(job.files, syntax=False)
    run.step_aside()
    chosen, program = tuple(job.choose(report.findings, overlays)), run.program
    if program is None:
        content = overlays.__getitem__
        return Looked(report, chosen, lambda _finding: None, ALONE, content, run)
    plan, content = planner(program, job.style), program.files.content
    return Looked(report, chosen, plan, program.once(surroundings_of), content, run)


# What is said about it


def summary(repaired: Repaired, *, written: bool = True) -> str:
    """Return one line such as `Fixed 7 findings in 4 files; 2 need --unsafe-fixes`, or nothing."""
    return "; ".join(_parts(repaired, "Fixed" if written else "Would fix"))


def _parts(repaired: Repaired, verb: str) -> Iterator[str]:
    if repaired.files:
        findings, files = repaired.fixed, len(repaired.files)
        yield f"{verb} {_counted(findings, 'finding')} in {_counted(files, 'file')}"
    if repaired.unsafe:
        number = len(repaired.unsafe)
        yield f"{number} {'needs' if number == 1 else 'need'} --unsafe-fixes"
    if repaired.refused:
        reasons = dict.fromkeys(reason for _, reason in repaired.refused)
        yield f"{len(repaired.refused)} can't be fixed: {', '.join(reasons)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
