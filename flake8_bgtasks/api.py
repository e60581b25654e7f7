"""The Python interface: what the command line does, for programs.

Everything here is imported from `flake8_bgtasks` itself, and stays as it is within a major version.
Nothing reads configuration files: what is not given has the default of the command line.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypedDict

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.options import OPTIONS
from flake8_bgtasks.quiet import without_warnings
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.values import InvalidValueError, check_known, convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    from typing_extensions import Unpack

    from flake8_bgtasks.findings import Finding

    AnyPath = str | PathLike[str]

BY_DEST = {option.dest: option for option in OPTIONS}


class Options(TypedDict, total=False):
    """The options of the command line that say what is checked, and what of it is reported."""

    select: Sequence[str]
    extend_select: Sequence[str]
    ignore: Sequence[str]
    extend_ignore: Sequence[str]
    per_file_ignores: Mapping[str, Sequence[str]]
    disable_noqa: bool
    baseline: AnyPath
    exclude: Sequence[str]
    extend_exclude: Sequence[str]
    filename: Sequence[str]
    project_root: AnyPath
    no_cache: bool
    cache_dir: AnyPath
    fix_style: str


@dataclass(frozen=True)
class Report:
    """What was found.

    `root` is the folder of the project; all paths in `findings` are relative to it, with `/`. Each
    finding has its `fix`, or a `refusal` that says why there is none. `files` counts the files that
    were reported on, `parsed` those of the project that had to be parsed.
    """

    root: Path
    findings: tuple[Finding, ...]
    files: int
    parsed: int


@dataclass(frozen=True)
class Change:
    """The content of a file, before and after; `path` is relative to the project, with `/`."""

    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True)
class Repairs:
    """What was repaired, or would be: `fixed` findings, by changing some files.

    `left` are the findings that are not repaired, among them those that only an unsafe fix would
    repair (`unsafe`), and those that can't be, each with the reason (`refused`).
    """

    root: Path
    changes: tuple[Change, ...]
    fixed: int
    left: tuple[Finding, ...]
    unsafe: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]


@without_warnings()
def check(
    paths: Iterable[AnyPath] = (".",),
    settings: Settings | None = None,
    **options: Unpack[Options],
) -> Report:
    """Check files and folders; the whole project around them is analysed.

    Raises UsageError for a path that does not exist, and for a value that an option can't have.
    Bad source does not raise: a file that can't be parsed is a BGT900 finding, an error inside the
    tool a BGT901 finding.
    """
    from flake8_bgtasks.fixes.offers import Offers
    from flake8_bgtasks.study import study

    wanted = _wanted(paths, settings, options)
    done = study(wanted, os.getcwd())
    offers = Offers(wanted.fix_style)
    if done.program is not None:
        offers(done.program)
    findings = tuple(offers.attached(done.findings))
    return Report(Path(done.inputs.found.root), findings, done.report.files, done.report.parsed)


@without_warnings()
def fix(
    paths: Iterable[AnyPath] = (".",),
    settings: Settings | None = None,
    *,
    unsafe: bool = False,
    write: bool = True,
    **options: Unpack[Options],
) -> Repairs:
    """Repair what can be repaired safely, with `unsafe` also what may change what the code does.

    Files are replaced whole or not at all; without `write` they stay as they are. Raises UsageError
    as `check` does, and if nothing can be written.
    """
    from flake8_bgtasks.fixing import job_of
    from flake8_bgtasks.inputs import find_inputs
    from flake8_bgtasks.repair import carry_out, propose

    wanted = _wanted(paths, settings, options)
    wanted.unsafe_fixes = unsafe
    inputs = find_inputs(wanted, os.getcwd(), bytes)
    job = job_of(wanted, inputs, os.getcwd())
    repaired = (carry_out(job) if write else propose(job)).repaired
    changes = (Change(file.path, file.old, file.new) for file in repaired.files)
    return Repairs(
        root=Path(inputs.found.root),
        changes=tuple(changes),
        fixed=repaired.fixed,
        left=repaired.examined.chosen,
        unsafe=repaired.unsafe,
        refused=repaired.refused,
    )


def _wanted(
    paths: Iterable[AnyPath], settings: Settings | None, options: Mapping[str, Any]
) -> SimpleNamespace:
    """Return all options of the command line, by `dest`."""
    if isinstance(paths, str):
        raise TypeError("paths is a collection of paths, not one string")
    settings = settings or Settings()
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise TypeError(f"there is no option {sorted(unknown)[0]!r}")
    values = {option.dest: option.default for option in OPTIONS}
    values |= {name: _value(name, value) for name, value in options.items() if value is not None}
    values["test_patterns"] = settings.test_patterns
    if settings.fastapi_version is not None:
        values["fastapi_version"] = _value("fastapi_version", settings.fastapi_version)
    return SimpleNamespace(**values, paths=[os.fspath(path) for path in paths])


def _value(name: str, value: Any) -> Any:
    """Check and convert a value as if it stood in a configuration file of the working directory."""
    option = BY_DEST[name]
    plain = os.fspath(value) if hasattr(value, "__fspath__") else value
    try:
        converted = convert(option, list(plain) if isinstance(plain, tuple) else plain, os.getcwd())
        if option.kind == "codes":
            check_known(option, converted)
    except InvalidValueError as error:
        raise UsageError(f"{name}: {error}") from error
    return converted
