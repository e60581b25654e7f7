"""The command line face: arguments in, a report and an exit code out."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.answers import answer
from flake8_bgtasks.arguments import PROGRAM, is_question, parse
from flake8_bgtasks.crash import DEBUG, describe, print_traceback
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.fixing import fix, show_diff
from flake8_bgtasks.inputs import Inputs, find_inputs
from flake8_bgtasks.options import settings_of
from flake8_bgtasks.paths import Paths
from flake8_bgtasks.progress import ProgressBar
from flake8_bgtasks.reporters import DOCUMENTS, WITH_FIXES, render
from flake8_bgtasks.reporters.outcome import Outcome
from flake8_bgtasks.reporters.text import statistics
from flake8_bgtasks.selection import INTERNAL_ERROR, select
from flake8_bgtasks.sources import Source, read_source
from flake8_bgtasks.terminal import detach, is_broken_pipe, printable, wants_color, write_bytes

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from flake8_bgtasks.findings import Finding, Report
    from flake8_bgtasks.fixes.offers import Offers

CLEAN, FOUND, ERROR, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Console:
    """The streams of a run, and the content of standard input when it is asked for."""

    stdout: TextIO
    stderr: TextIO
    read_stdin: Callable[[], bytes]

    def complain(self, message: str) -> None:
        """Write one line to standard error, if anybody reads it."""
        try:
            self.stderr.write(f"{PROGRAM}: {printable(' '.join(message.split()))}\n")
            self.stderr.flush()
        except OSError:
            detach(self.stderr)


def run(argv: Sequence[str], console: Console, check: Callable[..., Report] | None = None) -> int:
    """Do what the arguments say; return the exit code.

    0 = nothing found, 1 = findings, 2 = wrong usage or an error of our own, 130 = interrupted.
    `check` takes the place of `engine.check`.
    """
    started = time.perf_counter()
    try:
        cwd = Path.cwd()
        options = parse(argv, cwd)
        if is_question(options):
            return _print(answer(options), console.stdout, CLEAN)
        return _check(options, cwd, console, check, started)
    except UsageError as error:
        console.complain(f"error: {error}")
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get(DEBUG):
            print_traceback(error, console.stderr)
        console.complain(f"internal error: {describe(error)}")
    return ERROR


def _check(
    options: Namespace,
    cwd: Path,
    console: Console,
    check: Callable[..., Report] | None,
    started: float,
) -> int:
    inputs, fixed = find_inputs(options, cwd, console.read_stdin), 0
    if options.diff:
        changes = show_diff(options, inputs, cwd, console.stdout, console.complain)
        return FOUND if changes and not options.exit_zero else CLEAN
    if options.fix:
        inputs, fixed = fix(options, inputs, cwd, console.complain)
        console = _beside_source(inputs, console)
    offers = _offers(options)
    report = _run_engine(options, inputs, console, check, offers)
    paths = Paths(inputs.found.root, cwd, inputs.given)

    @cache
    def source_of(path: str) -> Source:
        return read_source(paths.absolute(path), inputs.overlays.get(path))

    shown = select(_new(report.findings, options, source_of), options, paths, source_of)
    if options.write_baseline or options.add_noqa:
        return _print(_adopt(shown, options, inputs, paths, source_of), console.stdout, CLEAN)
    shown = offers.attached(shown) if offers else shown
    outcome = Outcome(
        findings=tuple(shown),
        files=report.files,
        parsed=report.parsed,
        fixed=fixed,
        elapsed=time.perf_counter() - started,
        paths=paths,
        source_of=source_of,
        color=_color(options, console.stdout),
        show_source=options.show_source,
        show_fixes=options.show_fixes,
        statistics=options.statistics,
    )
    return _write(outcome, options, console, _exit_code(report, shown, options))


def _beside_source(inputs: Inputs, console: Console) -> Console:
    """Print the repaired source of standard input, and let the report go to standard error."""
    if not inputs.overlays:
        return console
    for content in inputs.overlays.values():
        write_bytes(console.stdout, content)
    return replace(console, stdout=console.stderr)


def _offers(options: Namespace) -> Offers | None:
    """Return what adds fixes to findings, if they will be shown."""
    if not options.show_fixes and options.format not in WITH_FIXES:
        return None
    from flake8_bgtasks.fixes.offers import Offers

    return Offers(options.fix_style)


def _run_engine(
    options: Namespace,
    inputs: Inputs,
    console: Console,
    check: Callable[..., Report] | None,
    offers: Offers | None,
) -> Report:
    found = inputs.found
    settings = settings_of(options)
    bar = ProgressBar(console.stderr)
    try:
        return (check or _engine_check())(
            found.root,
            found.files,
            found.reported,
            settings,
            overlays=inputs.overlays,
            named=found.named,
            progress=bar,
            linked=offers,
        )
    finally:
        bar.close()


def _new(
    findings: Sequence[Finding], options: Namespace, source_of: Callable[[str], Source]
) -> Sequence[Finding]:
    """Return the findings that the baseline does not list; all, where it is written anew."""
    if not options.baseline or options.write_baseline:
        return findings
    from flake8_bgtasks.baseline import only_new, read_baseline

    return only_new(findings, read_baseline(options.baseline), source_of)


def _adopt(
    shown: Sequence[Finding],
    options: Namespace,
    inputs: Inputs,
    paths: Paths,
    source_of: Callable[[str], Source],
) -> Iterable[str]:
    from flake8_bgtasks.adoption import add_noqa, record

    if options.write_baseline:
        return record(options.write_baseline, shown, source_of)
    if inputs.overlays:
        raise UsageError("--add-noqa writes to files, not to standard input")
    return add_noqa(shown, paths)


def _engine_check() -> Callable[..., Report]:
    from flake8_bgtasks.engine import check

    return check


def _exit_code(report: Report, shown: Sequence[Finding], options: Namespace) -> int:
    if any(finding.code == INTERNAL_ERROR for finding in report.findings):
        return ERROR
    return FOUND if shown and not options.exit_zero else CLEAN


def _color(options: Namespace, stdout: TextIO) -> bool:
    mode = "never" if options.output_file and options.color == "auto" else options.color
    return wants_color(mode, stdout, os.environ)


def _write(outcome: Outcome, options: Namespace, console: Console, code: int) -> int:
    if options.statistics and options.format in DOCUMENTS:
        _print(statistics(outcome.findings), console.stderr, code)
    lines = render(options.format, outcome)
    if not options.output_file:
        return _print(lines, console.stdout, code)
    path = Path(options.output_file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise UsageError(f"--output-file: can't write {path}: {error.strerror}") from error
    return code


def _print(lines: Iterable[str], stream: TextIO, code: int) -> int:
    """Print lines and return `code`, also if nobody reads them to the end."""
    try:
        stream.writelines(f"{line}\n" for line in lines)
        stream.flush()
    except OSError as error:
        detach(stream)
        if not is_broken_pipe(error):
            raise UsageError(f"can't write the report: {error.strerror}") from error
    return code
