"""What each case does on a release, beside what the rules say of it there."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from tests.fixture_cases import Case, Mark, all_cases

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = 900


@dataclass(frozen=True)
class Result:
    """A case on a release.

    `error` is what FastAPI does instead of what the proof says, None where it does that. `is_own`:
    the case is about this very release. `as_marked`: the rules find there what is marked.
    """

    case: str
    release: str
    error: str | None
    is_own: bool
    as_marked: bool

    @property
    def kind(self) -> Literal["same", "changed", "other"]:
        """`changed`: the proof fails, and the findings are others; `other`: only one of these."""
        if self.as_marked and self.error is None:
            return "same"
        return "changed" if not self.as_marked and self.error else "other"

    @property
    def is_broken(self) -> bool:
        """Whether the case does not do what it is there to show."""
        return self.is_own and self.kind != "same"


def results(root: Path, python: Path, release: str, newest: str) -> tuple[Result, ...]:
    """Run all cases under the FastAPI of an interpreter; raises RuntimeError if that fails."""
    errors = _errors(root, python)
    return tuple(
        Result(
            str(case),
            release,
            errors[str(case)],
            (case.fastapi_version or newest) == release,
            _found(case, release) == case.marks,
        )
        for case in all_cases()
    )


def _errors(root: Path, python: Path) -> dict[str, str | None]:
    command = [str(python), "-m", "tests.runtime"]
    done = subprocess.run(command, cwd=root, capture_output=True, timeout=TIMEOUT, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["case"]: line["error"] for line in lines}


def _found(case: Case, release: str) -> frozenset[Mark]:
    report = check(case.folder, case.files, case.files, Settings(fastapi_version=release))
    return frozenset(Mark(f.path, f.span.line, f.code) for f in report.findings)
