"""Analysing a folder in which files are being edited; nothing here knows of the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flake8_bgtasks.arguments import parse
from flake8_bgtasks.fixes.offers import Offers
from flake8_bgtasks.fixing import job_of
from flake8_bgtasks.inputs import find_inputs, with_buffers
from flake8_bgtasks.noqa import annotated
from flake8_bgtasks.paths import Paths
from flake8_bgtasks.repair import propose_over
from flake8_bgtasks.sources import Source, read_source
from flake8_bgtasks.study import study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flake8_bgtasks.findings import Finding

    Buffers = Mapping[str, bytes]


class OutdatedError(BaseException):
    """The buffers have changed; no handler of errors may keep the analysis going."""


@dataclass(frozen=True)
class State:
    """What was found in a folder while `buffers` held the content of some files.

    `findings` are those that the configuration selects, with their fixes or refusals. `path` gives
    the absolute path of one that a finding names, `source_of` what it held.
    """

    findings: tuple[Finding, ...]
    path: Callable[[str], str]
    source_of: Callable[[str], Source]


def analyse(folder: str, buffers: Buffers, is_outdated: Callable[[], bool]) -> State:
    """Check a folder. Raises UsageError, and OutdatedError as soon as `is_outdated` says so."""

    def watch(_stage: str, _done: int, _total: int) -> None:
        if is_outdated():
            raise OutdatedError

    options = parse([], folder)
    done = study(options, folder, progress=watch, buffers=buffers)
    paths, overlays = done.paths, done.inputs.overlays

    @cache
    def source_of(path: str) -> Source:
        return read_source(paths.absolute(path), overlays.get(path))

    offers = Offers(options.fix_style)
    if done.program is not None:
        offers(done.program)
    return State(tuple(offers.attached(done.findings)), paths.absolute, source_of)


def repaired(folder: str, buffers: Buffers) -> Mapping[str, tuple[bytes, bytes]]:
    """Return content before and after all safe fixes, by absolute path. Raises UsageError."""
    options = parse([], folder)
    inputs = with_buffers(find_inputs(options, folder, bytes), buffers)
    done = propose_over(job_of(options, inputs, folder), inputs.overlays)
    paths = Paths(inputs.found.root, folder, inputs.given)
    return {paths.absolute(file.path): (file.old, file.new) for file in done.files}


def ignored(state: State, finding: Finding) -> bytes:
    """Return the content of a finding's file with a comment for it. Raises CannotAnnotateError."""
    content = "".join(state.source_of(finding.path).lines).encode()
    return annotated(content, {finding.span.line: [finding.code]})
