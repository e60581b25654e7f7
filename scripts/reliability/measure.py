"""Run the tool on something as a process of its own: exit code, time, memory."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.project.source import TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LIMIT = 300
COLUMNS = ("exit code", "reported", "processor time", "peak memory")
_RUN = """
import resource, sys
from flake8_bgtasks.__main__ import main
sys.argv = ["flake8-bgtasks", "--isolated", "--no-cache", *sys.argv[1:]]
code = main()
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True)
class Run:
    """One run: seconds of the processor, peak memory in MB, and the codes that were reported.

    `crashed`: an error of the tool was reported; a file that is too large is none.
    """

    code: int
    seconds: float
    megabytes: int
    reported: tuple[str, ...]
    crashed: bool
    complaint: str = ""


def run_on_files(files: Mapping[str, str]) -> Run | None:
    """Write a project to a temporary folder and check it."""
    with tempfile.TemporaryDirectory() as name:
        for path, text in files.items():
            (Path(name) / path).write_text(text, encoding="utf-8")
        return run_on(Path(name))


def run_on(folder: Path) -> Run | None:
    """Check a folder; None if that takes more than five minutes."""
    command = [sys.executable, "-c", _RUN, "--project-root", str(folder), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return None
    *complaint, used = done.stderr.splitlines() or [""]
    memory, seconds = used.split() if re.fullmatch(r"\d+ [\d.]+", used) else ("0", "0")
    codes = sorted({part for part in done.stdout.split() if part.startswith("BGT")})
    complaint += [] if memory != "0" else [used]
    said = " ".join(complaint[-3:])
    crashed = done.stdout.count("BGT901") != done.stdout.count(TOO_LARGE)
    megabytes = int(memory) // 1024
    return Run(done.returncode, float(seconds), megabytes, tuple(codes), crashed, said)


def columns(run: Run | None) -> tuple[object, ...]:
    """Return the cells for `COLUMNS`."""
    if run is None:
        return f"none within {LIMIT} s", "–", "–", "–"
    reported = ", ".join(run.reported) or "nothing"
    return run.code, reported, f"{run.seconds:.1f} s", f"{run.megabytes} MB"


def failure(what: str, run: Run | None) -> Iterator[str]:
    """Say what went wrong, if anything did."""
    if run is None or run.crashed or run.code not in (0, 1, 2) or run.complaint:
        yield f"{what}: {run.complaint if run else 'no end'}"
