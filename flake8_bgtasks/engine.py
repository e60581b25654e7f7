"""The use case: a project's files in, a report out."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager

from flake8_bgtasks.project.files import Files
from flake8_bgtasks.project.source import MAX_SIZE, SYNTAX_BUDGET
from flake8_bgtasks.quiet import without_warnings
from flake8_bgtasks.report import Reading, Report, internal_error
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.survey import survey, survey_aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from flake8_bgtasks.aside import Talk
    from flake8_bgtasks.findings import Finding, Span
    from flake8_bgtasks.project.seeds import Seeds
    from flake8_bgtasks.tracking.linker import Linker
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.recorded import Facts

    Progress = Callable[[str, int, int], None]

NEEDED = ("applying", "tracking.linker")
TO_TRACK = ("tracking.parts", "tracking.positions")
"""What any code that matters needs; what it takes to track it, LibCST too."""


def check(
    root: str | Path,
    files: Collection[str],
    reported: Collection[str],
    settings: Settings,
    overlays: Mapping[str, bytes] | None = None,
    named: Collection[str] = (),
    progress: Progress | None = None,
    *,
    syntax: bool = True,
    linked: Callable[[Program], None] | None = None,
    read: Callable[[Reading], None] | None = None,
    forks: bool = False,
    facts: Facts | None = None,
    earlier: Run | None = None,
) -> Report:
    """Check a project.

    `files` are all its Python files, relative to `root` with `/`; `reported` those whose findings
    are wanted; `overlays` replaces the content of files on disk (editor buffers, standard input);
    `named` are the files that the user named one by one (always parsed, for BGT900).
    `progress(stage, done, total)` is called now and then; without `syntax`, nothing is parsed for
    BGT900 alone; `earlier` is a look at the same project, for as long as what it saw in place of
    files is there; `linked` is given the program that the findings are about, if there is any code
    that matters, and `read` what was read; `facts` are those of earlier runs; `forks` allows a
    second process, for as long as this one has one thread only. Never raises for bad input: a file
    that can't be read, decoded or parsed is a BGT900 finding; an error of our own is a BGT901
    finding.
    """
    run = earlier
    if run is None or not run.holds(overlays or {}):
        shown = progress or _silent
        run = Run(root, files, settings, overlays or {}, shown, forks=forks, facts=facts)
    report = run.report(reported, named, syntax=syntax)
    if linked is not None and run.program is not None:
        linked(run.program)
    if read is not None:
        read(run.reading())
    return report


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep Python from warning about the code that it parses for us.

    And from looking for garbage in what is nearly all kept, which is a third of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        with without_warnings():
            yield
    finally:
        if collects:
            gc.enable()


def _import_ahead(facts: Facts | None) -> None:
    from contextlib import suppress
    from importlib import import_module

    needed = NEEDED if facts is not None and not facts.is_empty else (*TO_TRACK, *NEEDED)
    with suppress(Exception):  # it is met again, and reported, where they are used
        for name in needed:
            import_module(f"{__package__}.{name}")


def _order(finding: Finding) -> tuple[str, Span, str, str]:
    return (finding.path, finding.span, finding.code, finding.message)


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


class Run:
    """One look at a project, for as many reports as are wanted: see `check`.

    `program` is what the findings are about, None if there is no code that matters.
    """

    def __init__(
        self,
        root: str | Path,
        paths: Collection[str],
        settings: Settings,
        overlays: Mapping[str, bytes],
        progress: Progress = _silent,
        *,
        forks: bool = False,
        facts: Facts | None = None,
    ) -> None:
        """Look at nothing yet. `started` is the `time.time_ns` before that."""
        self.started = time.time_ns()
        self.files = Files(root, overlays)
        self._root = root
        self._paths = sorted({*paths, *overlays})
        self._settings = settings
        self._progress = progress
        self._forks = forks
        self._facts = facts
        self.program: Program | None = None
        self._idle = 0
        self._before: set[str] | None = None
        self._found: Sequence[Finding] | Exception | None = None

    def report(
        self, reported: Collection[str], named: Collection[str] = (), *, syntax: bool = True
    ) -> Report:
        """Return what is found in the files that are reported."""
        wanted = frozenset(reported)
        with _undisturbed():
            findings = self._findings_in(wanted)
            if syntax:
                self._parse(sorted(named), sorted(wanted - set(named)))
        kept = {finding for finding in [*findings, *self._broken()] if finding.path in wanted}
        return Report(tuple(sorted(kept, key=_order)), len(wanted), self.files.parsed)

    def holds(self, overlays: Mapping[str, bytes]) -> bool:
        """Return whether the contents that took the place of files are in them or in `overlays`."""
        return self.files.holds(overlays)

    def step_aside(self) -> None:
        """Take no notice of what others read from now on who work with the program."""
        self.files = self.files.copy()

    def _findings_in(self, wanted: Collection[str]) -> Sequence[Finding]:
        if self._found is None:
            self._found = self._all_findings()
        if isinstance(self._found, Exception):
            return [internal_error(path, self._found) for path in sorted(wanted)[:1]]
        return self._found

    def _all_findings(self) -> Sequence[Finding] | Exception:
        """Apply the rules where anything matters."""
        self._progress("reading", 0, len(self._paths))
        seeds, talk = self._survey()
        if not seeds:
            return ()
        try:
            if talk is not None:
                _import_ahead(self._facts)
            return self._findings(seeds, talk)
        except Exception as error:  # whatever it is, the other checks go on
            return error
        finally:
            if talk is not None:
                talk.end()

    def _survey(self) -> tuple[Seeds, Talk | None]:
        if self._forks:
            return survey_aside(self._root, self._paths, self.files)
        return survey(self._paths, self.files), None

    def _findings(self, seeds: Seeds, talk: Talk | None) -> list[Finding]:
        """Apply the rules; then those again that have to know who calls what they are about."""
        from flake8_bgtasks.applying import undecided, unreached
        from flake8_bgtasks.codes import CODES

        linker = self._linker(seeds, talk)
        program = self.program = linker.link()
        found = self._applied(program, CODES)
        again: set[str] = set()
        for asked in (undecided(program), unreached(program, found)):
            wider = linker.widened(self.program, {name for _, name in asked})
            if wider is not None:
                self.program = wider
                again.update(code for code, _ in asked)
        if not again:
            return found
        kept = [finding for finding in found if finding.code not in again]
        return kept + self._applied(self.program, again)

    def _linker(self, seeds: Seeds, talk: Talk | None) -> Linker:
        from flake8_bgtasks.tracking.linker import Linker

        return Linker(
            self._root,
            self.files,
            self._paths,
            seeds,
            self._versioned(),
            self._facts,
            forks=self._forks,
            talk=talk,
        )

    def _versioned(self) -> Settings:
        """Return the settings with FastAPI's version, looked up where it isn't set."""
        if self._settings.fastapi_version is not None:
            return self._settings
        from flake8_bgtasks.project.fastapi_version import detect

        return Settings(detect(self._root, self._paths), self._settings.test_patterns)

    def _applied(self, program: Program, codes: Collection[str]) -> list[Finding]:
        from flake8_bgtasks.applying import apply

        return apply(program, codes, self._progress, forks=self._forks)

    def _parse(self, named: Collection[str], others: Collection[str]) -> None:
        """Parse what nobody has parsed yet: the named files, and the others if that is cheap.

        A file beyond the budget in which nothing matters stays unparsed.
        """
        self._before = {*self.files.consulted, *self.files.bad}
        self._idle = self.files.size(others)
        cheap = self._idle <= SYNTAX_BUDGET
        for path in (*named, *(others if cheap else ())):
            if self.files.size((path,)) <= MAX_SIZE:
                self.files.outline(path)

    def reading(self) -> Reading:
        """Say what was read."""
        files = self.files
        known = self._before
        consulted = {*files.consulted, *files.bad} if known is None else known
        parsed = files.consulted - consulted
        imports = {path: files.imports(path) for path in files.imports_read - consulted}
        words = (files.looked_for, files.asked_for)
        return Reading(files.states, consulted, imports, parsed, *words, self._idle)

    def _broken(self) -> Iterator[Finding]:
        """Report the files that can't be read, decoded or parsed, or that we failed on."""
        for path, reason in self.files.bad.items():
            yield _broken(path, reason.line, reason.column, reason.code, reason.message)
        for path, error in self.files.failed.items():
            yield internal_error(path, error)


def _broken(path: str, line: int, column: int, code: str, message: str) -> Finding:
    from flake8_bgtasks.findings import Finding, Span

    return Finding(path, Span(line, column, line, column), code, message)
