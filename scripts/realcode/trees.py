"""The pinned releases that the tool is tried on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

REPOSITORY = Path(__file__).resolve().parents[2]
LIST = REPOSITORY / "scripts" / "real_trees.json"
FOLDER = REPOSITORY / ".real-code"


@dataclass(frozen=True)
class Tree:
    """One release: `file` is its wheel, `platform` the platform tag where it isn't `any`."""

    name: str
    version: str
    file: str
    sha256: str
    python: str
    platform: str | None = None

    @property
    def root(self) -> Path:
        """The folder that the wheel is unpacked to."""
        return FOLDER / f"{self.name}-{self.version}"


def load(names: Collection[str] = ()) -> list[Tree]:
    """Read the list; `names` are packages or `package-version`, none of them means all.

    Raises ValueError for a name that isn't in the list.
    """
    groups: dict[str, list[dict[str, str]]] = json.loads(LIST.read_text(encoding="utf-8"))
    trees = [Tree(**entry) for group in groups.values() for entry in group]
    known = {name for tree in trees for name in (tree.name, tree.root.name)}
    if unknown := sorted(set(names) - known):
        raise ValueError(f"not in {LIST.name}: {', '.join(unknown)}")
    return [tree for tree in trees if not names or {tree.name, tree.root.name} & set(names)]
