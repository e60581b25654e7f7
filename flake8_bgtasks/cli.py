"""The command line face: arguments in, a report and an exit code out."""

from __future__ import annotations

import os
import time
from functools import partial

from flake8_bgtasks.arguments import PROGRAM, is_question, parse
from flake8_bgtasks.commands import COMMANDS, run_command
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.inputs import find_inputs
from flake8_bgtasks.options import settings_of
from flake8_bgtasks.progress import ProgressBar
from flake8_bgtasks.quiet import without_warnings
from flake8_bgtasks.reporters import LINES, WITH_FIXES
from flake8_bgtasks.terminal import detach, print_lines, printable, write_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import SimpleNamespace
    from typing import TextIO

    from flake8_bgtasks.fixes.offers import Offers
    from flake8_bgtasks.fixing import Fixed
    from flake8_bgtasks.inputs import Inputs
    from flake8_bgtasks.repair import Job
    from flake8_bgtasks.report import Report

CLEAN, FOUND, ERROR, INTERRUPTED = 0, 1, 2, 130


class Console:
    """The streams of a run, and the content of standard input when it is asked for."""

    def __init__(self, stdout: TextIO, stderr: TextIO, read_stdin: Callable[[], bytes]) -> None:
        """Keep what is given."""
        self.stdout = stdout
        self.stderr = stderr
        self.read_stdin = read_stdin

    def complain(self, message: str) -> None:
        """Write one line to standard error, if anybody reads it."""
        try:
            self.stderr.write(f"{PROGRAM}: {printable(' '.join(message.split()))}\n")
            self.stderr.flush()
        except OSError:
            detach(self.stderr)


@without_warnings()
def run(argv: Sequence[str], console: Console, check: Callable[..., Report] | None = None) -> int:
    """Do what the arguments say; return the exit code.

    0 = nothing found, 1 = findings, 2 = wrong usage or an error of our own, 130 = interrupted.
    `check` takes the place of `engine.check`.
    """
    started = Started()
    try:
        if argv and argv[0] in COMMANDS:
            return run_command(argv, console)
        cwd = os.getcwd()
        options = parse(argv, cwd)
        if is_question(options):
            return _answer(options, console.stdout)
        if check is not None or options.no_cache:
            return _check(options, cwd, console, check or _engine_check(), started).code
        return _check_once(argv, options, cwd, console, started)
    except UsageError as error:
        console.complain(f"error: {error}")
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        _complain_of_crash(error, console)
    return ERROR


class Started:
    """When a run was started: `clock` as `time.perf_counter` counts, `time` as `time.time_ns`."""

    def __init__(self) -> None:
        """Look at the clock."""
        self.clock = time.perf_counter()
        self.time = time.time_ns()


class Checked:
    """The exit code of a check; on what, and the lines that went to standard output, if no more."""

    def __init__(
        self, code: int, inputs: Inputs | None = None, printed: Sequence[str] | None = None
    ) -> None:
        """Keep what is given."""
        self.code = code
        self.inputs = inputs
        self.printed = printed


def _check_once(
    argv: Sequence[str], options: SimpleNamespace, cwd: str, console: Console, started: Started
) -> int:
    """Check, and keep what was found for the next run; what was printed, if that was all."""
    from flake8_bgtasks.cache.reports import CachedCheck
    from flake8_bgtasks.cache.storage import Storage, default_folder

    folder = options.cache_dir or default_folder()
    if folder is None:
        return _check(options, cwd, console, _engine_check(), started).code
    check = CachedCheck(Storage(folder))
    checked = _check(options, cwd, console, check, started)
    if checked.printed is not None and checked.inputs and not options.cache_dir:
        from flake8_bgtasks.cache.runs import Run

        named = [*options.paths, options.project_root, options.config, options.baseline]
        run = Run(argv, console.stdout, started.time)
        stdin = ("".join(checked.inputs.overlays), options.stdin_filename)
        run.remember(check, checked.inputs.found, named, checked.code, checked.printed, stdin)
    return checked.code


def _answer(options: SimpleNamespace, stdout: TextIO) -> int:
    from flake8_bgtasks.answers import answer

    print_lines(answer(options), stdout)
    return CLEAN


def _complain_of_crash(error: Exception, console: Console) -> None:
    from flake8_bgtasks.crash import DEBUG, describe, print_traceback

    if os.environ.get(DEBUG):
        print_traceback(error, console.stderr)
    console.complain(f"internal error: {describe(error)}")


def _check(
    options: SimpleNamespace,
    cwd: str,
    console: Console,
    check: Callable[..., Report],
    started: Started,
) -> Checked:
    inputs, fixed = find_inputs(options, cwd, console.read_stdin), 0
    offers = _offers(options)
    if options.diff or options.fix:
        job = _job(options, inputs, cwd, check)
        if options.diff:
            return Checked(_show_diff(options, job, inputs, cwd, console))
        inputs, fixed, run = _fix(job, inputs, console)
        console = Console(console.stderr, console.stderr, bytes) if inputs.overlays else console
        check = partial(check, earlier=run)
    report = _run_engine(options, inputs, console, check, offers)
    adopts = options.write_baseline or options.add_noqa
    is_quiet = options.format in LINES and not options.output_file
    if not report.findings and is_quiet and not adopts:
        return Checked(CLEAN, inputs, ())  # as nearly always
    from flake8_bgtasks.presentation import Presentation

    presentation = Presentation(options, inputs, cwd)
    shown = presentation.select(report)
    if adopts:
        presentation.adopt(shown, console.stdout)
        return Checked(CLEAN)
    shown = offers.attached(shown) if offers else shown
    outcome = presentation.outcome(shown, report, fixed, console.stdout, started.clock)
    printed = presentation.write(outcome, console.stdout, console.stderr)
    if report.has_failed:
        return Checked(ERROR)
    return Checked(FOUND if shown and not options.exit_zero else CLEAN, inputs, printed)


def _job(options: SimpleNamespace, inputs: Inputs, cwd: str, check: Callable[..., Report]) -> Job:
    """Return what is to be repaired."""
    from flake8_bgtasks.cache.reports import CachedCheck
    from flake8_bgtasks.fixing import job_of

    facts = check.facts(inputs.found.root) if isinstance(check, CachedCheck) else None
    return job_of(options, inputs, cwd, facts, forks=True)


def _show_diff(
    options: SimpleNamespace, job: Job, inputs: Inputs, cwd: str, console: Console
) -> int:
    from flake8_bgtasks.fixing import show_diff

    changes = show_diff(job, inputs, cwd, console.stdout, console.complain)
    return FOUND if changes and not options.exit_zero else CLEAN


def _fix(job: Job, inputs: Inputs, console: Console) -> Fixed:
    """Repair; the repaired source of standard input is printed."""
    from flake8_bgtasks.fixing import fix

    fixed = fix(job, inputs, console.complain)
    for content in fixed.inputs.overlays.values():
        write_bytes(console.stdout, content)
    return fixed


def _offers(options: SimpleNamespace) -> Offers | None:
    """Return what adds fixes to findings, if they will be shown."""
    if not options.show_fixes and options.format not in WITH_FIXES:
        return None
    from flake8_bgtasks.fixes.offers import Offers

    return Offers(options.fix_style)


def _run_engine(
    options: SimpleNamespace,
    inputs: Inputs,
    console: Console,
    check: Callable[..., Report],
    offers: Offers | None,
) -> Report:
    found = inputs.found
    settings = settings_of(options)
    bar = ProgressBar(console.stderr)
    try:
        return check(
            found.root,
            found.files,
            found.reported,
            settings,
            overlays=inputs.overlays,
            named=found.named,
            progress=bar,
            linked=offers,
            forks=True,
        )
    finally:
        bar.close()


def _engine_check() -> Callable[..., Report]:
    from flake8_bgtasks.engine import check

    return check
