"""What flake8's options ask for: which project, which files, which settings."""

from __future__ import annotations

import os
from types import SimpleNamespace

from flake8_bgtasks.codes import CODES
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.flake8_options import OWN, from_flake8
from flake8_bgtasks.inputs import STDIN, UNNAMED, find_inputs
from flake8_bgtasks.options import OPTIONS, settings_of
from flake8_bgtasks.project.roots import absolute_path, is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from typing import Any

    from flake8_bgtasks.settings import Settings

PATHS = ("filenames", "stdin_display_name", "exclude", "extend_exclude", "filename")
SELECTION = (
    *("select", "extend_select", "extended_default_select"),
    *("ignore", "extend_ignore", "extended_default_ignore"),
)

DEPENDED_ON = (*PATHS, *SELECTION, *OWN.values())

if TYPE_CHECKING:
    Request = tuple[Any, ...]


class Project:
    """The files to analyse, relative to `root`; none if no finding would be shown.

    `baseline` is the path of a file with known findings.
    `reported` are those that the user has asked for.
    """

    def __init__(
        self,
        root: str,
        cwd: str,
        files: frozenset[str],
        settings: Settings,
        baseline: str | None = None,
        reported: frozenset[str] = frozenset(),
    ) -> None:
        """Keep what is given."""
        self.root = root
        self.cwd = cwd
        self.files = files
        self.settings = settings
        self.baseline = baseline
        self.reported = reported

    def relative(self, filename: str) -> str:
        """Return the path of a file as `files` has it; empty for one outside the project."""
        path = filename.removeprefix("./")
        if self.cwd == self.root and path in self.files:
            return path  # as nearly always
        absolute = absolute_path(absolute_path(filename, self.cwd), self.root)
        if not is_within(absolute, self.root):
            return ""
        return absolute[len(self.root) :].lstrip(os.sep).replace(os.sep, "/")


def check_options(options: Namespace, cwd: str) -> None:
    """Raise UsageError for a value of our own options that can't be right."""
    own = SimpleNamespace(**from_flake8(options))
    if own.fastapi_version:
        from flake8_bgtasks.project.releases import parse_version

        parse_version(own.fastapi_version)
    if own.project_root and not os.path.isdir(os.path.join(cwd, own.project_root)):
        raise UsageError(f"the project root is not a folder: {own.project_root}")
    if own.baseline:
        from flake8_bgtasks.baseline import read_baseline

        read_baseline(os.path.join(cwd, own.baseline))
    styles = next(o.choices for o in OPTIONS if o.name == "fix-style")
    if own.fix_style not in styles:
        raise UsageError(f"--bgtasks-fix-style: expected one of {', '.join(styles)}")


def request_of(options: Namespace) -> Request:
    """Take down, in a form that can be compared, what an analysis depends on."""
    values = [getattr(options, name) for name in DEPENDED_ON]
    return tuple([tuple(value) if isinstance(value, list) else value for value in values])


def find_project(request: Request, cwd: str) -> Project:
    """Find what is asked for. Raises UsageError for paths that belong to no one project."""
    options = SimpleNamespace(**dict(zip(DEPENDED_ON, request, strict=True)))
    own = SimpleNamespace(**from_flake8(options))
    found = find_inputs(_as_arguments(options, own, cwd), cwd, read_stdin=bytes).found
    files = found.files if _is_any_code_shown(options) else ()
    baseline = os.path.join(cwd, own.baseline) if own.baseline else None
    reported = frozenset(found.reported)
    return Project(found.root, cwd, frozenset(files), settings_of(own), baseline, reported)


def _as_arguments(options: SimpleNamespace, own: SimpleNamespace, cwd: str) -> SimpleNamespace:
    """Say it in the words of the command line.

    Paths that don't exist are flake8's to report, and those outside the project aren't ours.
    """
    stdin = options.stdin_display_name or UNNAMED
    outer = own.project_root and absolute_path(own.project_root, cwd)

    def is_ours(path: str) -> bool:
        absolute = absolute_path(stdin if path == STDIN else path, cwd)
        if outer and not (is_within(absolute, outer) or is_within(outer, absolute)):
            return False
        return path == STDIN or os.path.lexists(absolute)

    return SimpleNamespace(
        paths=[path for path in options.filenames or () if is_ours(path)] or [outer or "."],
        stdin_filename=stdin,
        project_root=own.project_root,
        exclude=options.exclude,
        extend_exclude=options.extend_exclude,
        filename=options.filename,
    )


def _is_any_code_shown(options: SimpleNamespace) -> bool:
    """Tell whether there is a point in an analysis: `flake8 --select=E` runs plugins too."""
    from flake8.style_guide import Decision, DecisionEngine

    decide = DecisionEngine(options).decision_for
    return any(decide(code) is Decision.Selected for code in CODES)
