"""The reviewed findings: what the tool reports on real code, each judged by reading it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.realcode.run import Found, run
from scripts.realcode.trees import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scripts.realcode.trees import Tree

REVIEWED = REPOSITORY / "tests" / "real" / "reviewed.jsonl"
VERDICTS = ("true", "false")


@dataclass(frozen=True)
class Reviewed:
    """One line of the snapshot; `verdict` says whether the finding is a true one."""

    package: str
    version: str
    path: str
    line: int
    code: str
    verdict: str
    why: str

    @property
    def found(self) -> Found:
        """The finding that the line speaks of."""
        return Found(self.path, self.line, self.code)


def read(file: Path = REVIEWED) -> list[Reviewed]:
    """Read the snapshot. Raises ValueError for a line that isn't as it must be."""
    entries = [_parse(line) for line in file.read_text(encoding="utf-8").splitlines()]
    if wrong := [entry for entry in entries if entry.verdict not in VERDICTS]:
        raise ValueError(f"verdict {wrong[0].verdict!r} isn't one of {VERDICTS}: {wrong[0]}")
    return entries


def _parse(line: str) -> Reviewed:
    try:
        return Reviewed(**json.loads(line))
    except TypeError as error:
        raise ValueError(f"{error}: {line}") from error


def differences(found: Iterable[Found], reviewed: Iterable[Reviewed]) -> list[str]:
    """Return one line for each finding that is new, vanished, or known to be false."""
    now = {Found(one.path, one.line, one.code): one for one in found}
    known = {entry.found: entry for entry in reviewed}
    new = [f"new {_place(one)}: {one.message}" for key, one in now.items() if key not in known]
    gone = [f"vanished {_place(key)}: {known[key].why}" for key in known if key not in now]
    false = [
        f"false {_place(key)}: {known[key].why}"
        for key in known
        if key in now and known[key].verdict == "false"
    ]
    return [*new, *gone, *false]


def _place(found: Found) -> str:
    return f"{found.path}:{found.line} {found.code}"


def check(trees: Iterable[Tree]) -> int:
    """Compare the trees with the snapshot, print the differences, return how many there are."""
    reviewed = read()
    return sum(_check(tree, reviewed) for tree in trees)


def _check(tree: Tree, reviewed: list[Reviewed]) -> int:
    key = (tree.name, tree.version)
    try:
        lines = differences(run(tree), [e for e in reviewed if (e.package, e.version) == key])
    except RuntimeError as error:
        lines = [str(error)]
    outcome = f"{len(lines)} differences" if lines else "as reviewed"
    print(f"{tree.root.name}: {outcome}", flush=True)
    for line in lines:
        print(f"  {line}")
    return len(lines)
