"""Run the proofs of the fixtures under several FastAPI releases, and write docs/versions.md.

    python -m scripts.versions [RELEASES…]

Each release gets an environment of its own below `.fastapi-versions`, made at the first run.
Without releases, all are run, and the page and the record that the proofs on the site are made of
are written; with some, only what they do is printed. Exit 0 where every case does on the release
that it is about what its proof says, else 1.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.project.releases import RELEASES, oldest_first
from scripts.fastapiversions import record
from scripts.fastapiversions.environments import make, packages
from scripts.fastapiversions.page import page
from scripts.fastapiversions.results import Result, results
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "versions.md"
NEWEST = RELEASES[-1]
# At both sides of each change in FastAPI that the rules speak of.
TURNING_POINTS = ("0.95.2", "0.105.0", "0.106.0", "0.117.1", "0.118.0", "0.121.0", NEWEST)


def main(wanted: Sequence[str]) -> int:
    """Run the releases, return the exit code."""
    named = {case.fastapi_version for case in all_cases() if case.fastapi_version}
    releases = tuple(wanted) or oldest_first({*named, *TURNING_POINTS})
    found: dict[str, tuple[Result, ...]] = {}
    try:
        for release in releases:
            python = make(ROOT, release)
            found[release] = results(ROOT, python, release, NEWEST)
            print(release, packages(python), summary(found[release]), flush=True)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2
    if not wanted:
        record.write(found)
        PAGE.write_text(page(found), encoding="utf-8", newline="\n")
    broken = [one for many in found.values() for one in many if one.is_broken]
    for one in broken:
        print(f"{one.case} on {one.release}: {one.error}", file=sys.stderr)
    return int(bool(broken))


def summary(found: Sequence[Result]) -> str:
    """Return how many cases came out how."""
    counts = {kind: sum(one.kind == kind for one in found) for kind in ("same", "changed", "other")}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
