"""Put mistakes into code that is right, and see whether they are found and repaired.

    python -m tests.mutants [--every N] [folder…]

mutates the fixtures; or each module of the folders that has a path operation with injected tasks,
alone, as its neighbours can't be run here. Of the mutants one in N is judged.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.judging import Mutant, Project, Tally, fixture_projects, sample


def real_modules(root: Path, empty: Path) -> list[Project]:
    """Return the modules of a tree that declare injected tasks, each as a project of its own.

    What is not ASCII in them is replaced. `empty` is a folder without anything in it, which they
    are repaired in.
    """
    found = []
    for path in sorted(root.rglob("*.py")):
        content = path.read_bytes().decode("utf-8", "replace").encode("ascii", "replace")
        wanted = b": BackgroundTasks" in content and b"fastapi" in content
        if wanted and "test" not in path.name and _parses(content):
            name = (Path(root.name) / path.parent.relative_to(root)).as_posix()
            found.append(Project(name, empty, {path.name: content}))
    return found


def _parses(content: bytes) -> bool:
    """Return whether the Python at hand knows all that a module is written in."""
    try:
        ast.parse(content)
    except (SyntaxError, ValueError):
        return False
    return True


def judge(tally: Tally, mutant: Mutant) -> None:
    """Judge a mutant; note it where it is repaired badly."""
    try:
        tally.add(mutant)
    except AssertionError as error:
        tally.remarks["broken"].append(str(error))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the code is 1 where something was missed, or was repaired badly."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args(arguments)
    tally = Tally()
    with TemporaryDirectory() as empty:
        real = [p for folder in options.folders for p in real_modules(Path(folder), Path(empty))]
        for mutant in sample(real or fixture_projects(), options.every):
            judge(tally, mutant)
    for kind, remarks in sorted(tally.remarks.items()):
        for remark in remarks:
            print(f"{kind}: {remark}")
    print("operator: made, found, repaired, the same again")
    counts = (tally.made, tally.found, tally.repaired, tally.same)
    for operator in sorted(tally.made):
        print(f"{operator}:", *(count[operator] for count in counts))
    print("in all:", *(count.total() for count in counts))
    return int(bool(tally.remarks["missed"] or tally.remarks["broken"]))


if __name__ == "__main__":
    sys.exit(main())
