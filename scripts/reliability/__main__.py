"""Measure how the tool bears hostile and enormous input, faults and odd surroundings.

    python -m scripts.reliability [SECTION…] [--projects N] [--rounds N] [--seconds N]
                                  [--pythons VERSION…] [--trees FOLDER…] [--jobs N]

Writes `docs/reliability.md`. Exit 0 where it never failed, 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from scripts.parallel import JOBS
from scripts.reliability import crowds, damaged, environments, fuzzed, repairs, shapes, trees
from scripts.reliability.environments.installs import PYTHONS
from scripts.reliability.sections import Amounts, Section, updated

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
SECTIONS = (
    damaged.SECTION,
    fuzzed.SECTION,
    shapes.SECTION,
    repairs.SECTION,
    crowds.SECTION,
    trees.SECTION,
    *environments.SECTIONS,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command, return the exit code."""
    names = [section.name for section in SECTIONS]
    parser = argparse.ArgumentParser(prog="python -m scripts.reliability")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(names))
    parser.add_argument("--projects", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--trees", type=Path, nargs="*", default=trees.TREES)
    parser.add_argument("--pythons", nargs="*", default=PYTHONS)
    parser.add_argument("--jobs", type=int, default=JOBS)
    options = parser.parse_args(arguments)
    if unknown := set(options.sections) - set(names):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    amounts = Amounts(
        options.projects,
        options.rounds,
        options.seconds,
        options.trees,
        options.pythons,
        options.jobs,
    )
    chosen = [s for s in SECTIONS if s.name in (options.sections or names)]
    return max(_write(section, amounts) for section in chosen)


def _write(section: Section, amounts: Amounts) -> int:
    started = time.monotonic()
    measured = section.measure(amounts)
    seconds = time.monotonic() - started
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(updated(page, SECTIONS, section, measured, seconds), encoding="utf-8")
    for failure in measured.failures:
        print(f"{section.name}: {failure}", file=sys.stderr)
    return int(bool(measured.failures))


if __name__ == "__main__":
    sys.exit(main())
