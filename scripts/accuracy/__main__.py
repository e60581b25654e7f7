"""Measure what is found and repaired of mistakes that are known.

    python -m scripts.accuracy [SECTION…] [--first SEED] [--projects N] [--every N]
                               [--trees FOLDER…] [--jobs N]

Writes `docs/accuracy.md`. Exit 0 where every mistake is found and nothing else is, else 1: what was
missed or false is named by seed or project, file and line. One in N mutants is judged.
"""

from __future__ import annotations

import argparse
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.accuracy import generated, mutated
from scripts.accuracy.page import HEAD
from scripts.parallel import JOBS
from scripts.realcode.trees import FOLDER
from scripts.reliability.sections import with_section

if TYPE_CHECKING:
    from scripts.accuracy.page import Section

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
SECTIONS = (generated.SECTION, *mutated.SECTIONS)


def main(arguments: list[str] | None = None) -> int:
    """Run the command, return the exit code."""
    names = [section.name for section in SECTIONS]
    parser = argparse.ArgumentParser(prog="python -m scripts.accuracy")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(names))
    parser.add_argument("--first", type=int, default=3000)
    parser.add_argument("--projects", type=int, default=2000)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--trees", type=Path, nargs="*", default=[*FOLDER.glob("*")])
    parser.add_argument("--jobs", type=int, default=JOBS)
    options = parser.parse_args(arguments)
    if unknown := set(options.sections) - set(names):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    chosen = [s for s in SECTIONS if s.name in (options.sections or names)]
    return max(_write(section, options) for section in chosen)


def _write(section: Section, options: argparse.Namespace) -> int:
    measured = section.measure(options)
    command = f"python -m scripts.accuracy {section.name} {measured.options}"
    written = f"`{command}`, Python {platform.python_version()}."
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    titles = [s.title for s in SECTIONS]
    text = f"{measured.text.strip()}\n\n{written}"
    PAGE.write_text(with_section(page, HEAD, titles, section.title, text), encoding="utf-8")
    for failure in measured.failures:
        print(f"{section.name}: {failure}", file=sys.stderr)
    return int(bool(measured.failures))


if __name__ == "__main__":
    sys.exit(main())
