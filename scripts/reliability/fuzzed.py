"""Everything that reads what a stranger wrote, fuzzed."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from scripts.fuzz.targets import TARGETS
from scripts.reliability.environments.installs import FOLDER, ROOT
from scripts.reliability.sections import Measured, Section, table

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.reliability.sections import Amounts

HOME = FOLDER / "fuzz"
HEAD = ("target", "inputs tried", "places reached", "crashes")


def _measure(amounts: Amounts) -> Measured:
    python = _environment()
    rows: list[tuple[object, ...]] = []
    failures: list[str] = []
    for target in TARGETS:
        name = target.__name__
        log = _fuzzed(python, name, amounts.seconds or 600)
        tried = _last(r"stat::number_of_executed_units: +(\d+)", log)
        crashed = re.findall(r"(?:Uncaught Python exception|ERROR: libFuzzer).*", log)
        failures += [f"{name}: {log[-2000:]}"] if crashed or not tried else []
        rows.append((name, tried, _last(r"cov: (\d+)", log), len(crashed)))
    return Measured(_INTRODUCTION + table(HEAD, rows), failures)


def _fuzzed(python: Path, name: str, seconds: int) -> str:
    limits = [f"-max_total_time={seconds}", "-rss_limit_mb=4096", "-max_len=6000"]
    limits.append(f"-artifact_prefix={HOME}/")
    done = subprocess.run(
        [str(python), "-m", "scripts.fuzz", name, "-print_final_stats=1", *limits],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")


def _last(pattern: str, log: str) -> int:
    return int((re.findall(pattern, log) or ["0"])[-1])


def _environment() -> Path:
    python = HOME / "bin" / "python"
    if not (HOME / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "atheris", str(ROOT)], check=True
        )
        (HOME / "complete").touch()
    return python


_INTRODUCTION = """\
Inputs that atheris makes up, led by the places of the code that they reach. `records` are those of
the cache, journals and baselines, `facts` what the cache holds about statements, `names` what is
shown of a stranger's names and strings.

"""
SECTION = Section("fuzzed", "Fuzzed input", _measure)
