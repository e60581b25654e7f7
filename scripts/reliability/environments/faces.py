"""Both faces on one sample of code, as programs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.reliability.environments.installs import ROOT
from tests.fixture_cases import all_cases
from tests.test_faces_agree import DISTURBED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.fixture_cases import Case

FASTAPI = "0.165.0"
_FINDING = re.compile(r":(\d+:\d+: BGT\d{3} .*)$", re.MULTILINE)


def write_demo(folder: Path) -> None:
    """Write the demo."""
    shutil.copytree(ROOT / "examples" / "shop", folder / "shop")


def write_sample(folder: Path) -> None:
    """Write the demo, and of each rule the first case with and without a mistake, as one tree."""
    write_demo(folder)
    for case in _cases():
        shutil.copytree(case.folder, folder / str(case), ignore=shutil.ignore_patterns("after"))
    (folder / "setup.cfg").touch()


def _cases() -> Iterator[Case]:
    seen: set[tuple[str, bool]] = set()
    for case in all_cases():
        kind = (case.rule, case.is_bad)
        alone = len(case.files) == 1 and not case.fastapi_version and str(case) not in DISTURBED
        if alone and kind not in seen:
            seen.add(kind)
            yield case


@dataclass(frozen=True)
class Answer:
    """What a program said; findings without the names of their files."""

    code: int
    findings: Counter[str]
    complaint: str


@dataclass(frozen=True)
class Faces:
    """The commands of an environment; `prefix` stands before each of them."""

    programs: Path
    prefix: Sequence[str] = ()
    environment: Mapping[str, str] | None = None

    def command_line(self, folder: Path, *arguments: str) -> Answer:
        program = self.programs / "flake8-bgtasks"
        return self._run(folder, program, f"--fastapi-version={FASTAPI}", *arguments)

    def flake8(self, folder: Path, *arguments: str) -> Answer:
        program = self.programs / "flake8"
        return self._run(folder, program, f"--bgtasks-fastapi-version={FASTAPI}", *arguments)

    def _run(self, folder: Path, program: Path, *arguments: str) -> Answer:
        done = subprocess.run(
            [*self.prefix, str(program), "--select=BGT", *arguments, "."],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            check=False,
            timeout=300,
        )
        out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return Answer(done.returncode, Counter(_FINDING.findall(out)), err.strip())
