"""Check a file of labelled sites: places in releases where a finding must or must not stand."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.realcode.run import run
from scripts.realcode.trees import load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from scripts.realcode.run import Found
    from scripts.realcode.trees import Tree

REACH = 2


@dataclass(frozen=True)
class Label:
    """One site, and the codes that must (bug) or must not (ok) stand there; `any` is every code."""

    package: str
    version: str
    path: str
    line: int
    verdict: str
    codes: tuple[str, ...]
    why: str

    @property
    def tree(self) -> str:
        """The release's name in the list of trees."""
        return f"{self.package}-{self.version}"


def read(file: Path) -> list[Label]:
    """Read a labels file: JSON lines."""
    entries = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [Label(**{**entry, "codes": tuple(entry["codes"])}) for entry in entries]


def judge(label: Label, found: Iterable[Found], implemented: Collection[str]) -> str:
    """Return `holds`, `missed` (a bug not reported), `alarm` (a false one) or `skipped`."""
    codes = set(implemented) if "any" in label.codes else set(label.codes) & set(implemented)
    if label.verdict == "smell" or not codes:
        return "skipped"
    reported = any(_near(label, one) and one.code in codes for one in found)
    if label.verdict == "bug":
        return "holds" if reported else "missed"
    return "alarm" if reported else "holds"


def _near(label: Label, one: Found) -> bool:
    first = label.line - REACH if label.verdict == "bug" else label.line
    return one.path == label.path and first <= one.line <= label.line + REACH


def check(file: Path, names: Collection[str] = ()) -> int:
    """Run the tool on every package of a labels file, print each verdict, return the failures."""
    from flake8_bgtasks.rules import RULES

    labels = read(file)
    used = {label.tree for label in labels}
    trees = [tree for tree in load(names) if tree.root.name in used]
    implemented = {rule.code for rule in RULES}
    tally: Counter[str] = Counter()
    for tree in trees:
        found = _run(tree)
        for label in (one for one in labels if one.tree == tree.root.name):
            result = "failed" if found is None else judge(label, found, implemented)
            tally[result] += 1
            print(f"{result:8}{label.tree} {label.path}:{label.line} {label.verdict} {label.why}")
    print(", ".join(f"{count} {result}" for result, count in sorted(tally.items())))
    return tally["missed"] + tally["alarm"] + tally["failed"]


def _run(tree: Tree) -> list[Found] | None:
    try:
        return run(tree)
    except RuntimeError as error:
        print(error)
        return None
