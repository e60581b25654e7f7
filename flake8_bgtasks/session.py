"""The analysis behind one run of flake8: the whole project at once, the answers file by file."""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from flake8_bgtasks.cache.reports import CachedCheck
from flake8_bgtasks.cache.storage import Storage, default_folder
from flake8_bgtasks.overlay import overlay
from flake8_bgtasks.request import Project, find_project, request_of

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.offers import Offers
    from flake8_bgtasks.fixes.plans import Style
    from flake8_bgtasks.report import Report

INTERNAL_ERROR = "BGT901"


class Session:
    """Answers for every file of a run; the project is analysed when the first answer is due.

    flake8's API changes options after it has announced them, so they are looked at each time.
    """

    def __init__(self, options: Namespace, cwd: str) -> None:
        """`options` are flake8's."""
        self._options = options
        self._check = _check_for(options)
        self.is_cached = isinstance(self._check, CachedCheck)
        self._cwd = cwd
        self._overlays: dict[str, bytes] = {}
        self._find_project = lru_cache(maxsize=1)(find_project)
        self._analyse = lru_cache(maxsize=1)(analyse)

    def prepare(self) -> None:
        """Analyse the project now."""
        project = self._project()
        if project.files:
            self._answers(project)

    def findings(self, filename: str, lines: Sequence[str]) -> Sequence[Finding]:
        """Return the findings in a file whose content is `lines`."""
        project = self._project()
        path = project.relative(filename)
        if path not in project.files:
            return ()
        content = overlay(os.path.join(project.root, path), lines)
        if content is not None:
            self._overlays[path] = content
        return self._answers(project).get(path, ())

    def all_findings(self) -> tuple[Project, Mapping[str, Sequence[Finding]]]:
        """Return the project and the findings in all its files, by path."""
        project = self._project()
        return project, self._answers(project) if project.files else {}

    def overlay(self, path: str) -> bytes | None:
        """Return the content that took the place of a file's, if any."""
        return self._overlays.get(path)

    def _project(self) -> Project:
        return self._find_project(request_of(self._options), self._cwd)

    def _answers(self, project: Project) -> Mapping[str, Sequence[Finding]]:
        style = self._options.bgtasks_fix_style if self._shows_fixes() else None
        return self._analyse(self._check, project, tuple(self._overlays.items()), style)

    def _shows_fixes(self) -> bool:
        from flake8_bgtasks.reporters import WITH_FIXES

        return self._options.format in [f"bgtasks-{form}" for form in WITH_FIXES]


def analyse(
    check: Callable[..., Report],
    project: Project,
    overlays: tuple[tuple[str, bytes], ...],
    style: Style | None = None,
) -> Mapping[str, Sequence[Finding]]:
    """Return what `check` finds in every file, with fixes in a `style` if one is given.

    If the engine fails, it fails for all of them.
    """
    files = sorted(project.files)
    offers = _offers(style)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the code that is read: invalid escapes
            report = check(
                project.root,
                files,
                files,
                project.settings,
                dict(overlays),
                syntax=False,
                linked=offers,
                forks=True,
            )
        found = _new(report.findings, project, dict(overlays))
        shown = offers.attached(found) if offers else found
    except Exception as error:
        return {path: [internal_error(path, error)] for path in files}
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in shown:
        findings[finding.path].append(finding)
    return findings


def _new(
    findings: Sequence[Finding], project: Project, overlays: Mapping[str, bytes]
) -> Sequence[Finding]:
    """Return the findings that the baseline does not list."""
    if project.baseline is None:
        return findings
    from flake8_bgtasks.baseline import only_new, read_baseline
    from flake8_bgtasks.sources import Source, read_source

    @cache
    def source_of(path: str) -> Source:
        return read_source(os.path.join(project.root, path), overlays.get(path))

    return only_new(findings, read_baseline(project.baseline), source_of)


def _check_for(options: Namespace) -> Callable[..., Report]:
    """Return the engine's check; with the cache, if it is wanted and there is a place for it."""
    folder = None if options.bgtasks_no_cache else options.bgtasks_cache_dir or default_folder()
    if folder is not None:
        return CachedCheck(Storage(folder))
    from flake8_bgtasks.engine import check

    return check


def _offers(style: Style | None) -> Offers | None:
    if style is None:
        return None
    from flake8_bgtasks.fixes.offers import Offers

    return Offers(style)


def internal_error(path: str, error: Exception) -> Finding:
    """Return the finding that tells of an error of our own."""
    from flake8_bgtasks.crash import describe
    from flake8_bgtasks.findings import Finding, Span

    message = f"internal error: {' '.join(describe(error).split())}"
    return Finding(path, Span(1, 1, 1, 1), INTERNAL_ERROR, message)
