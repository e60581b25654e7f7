"""Copies of trees that a case may change."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = itertools.count(1)


def copied(root: Path, copy: Path) -> None:
    """Copy a tree, if it is not there yet."""
    if not copy.is_dir():
        shutil.copytree(root, copy)


def renewed(root: Path, copy: Path) -> None:
    """Copy a tree in place of an earlier copy."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy)


def change(root: Path, copy: Path, file: str) -> None:
    """Give a file of a copied tree another last line than it had before."""
    copied(root, copy)
    text = (root / file).read_text(encoding="utf-8")
    (copy / file).write_text(f"{text}\n# Change {next(_NUMBERS)}\n", encoding="utf-8")
