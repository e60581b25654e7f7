"""Run the tool over an unpacked release."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from scripts.realcode.trees import REPOSITORY

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

    from scripts.realcode.trees import Tree

# One release for each stretch between FastAPI's changes of behaviour, the newest first.
RELEASES = (
    *("0.165.0", "0.134.0", "0.128.1", "0.121.0", "0.118.0"),
    *("0.117.1", "0.115.12", "0.106.0", "0.105.0", "0.95.2", "0.68.0"),
)


@dataclass(frozen=True, order=True)
class Found:
    """A finding; `path` is relative to the unpacked release, with `/`."""

    path: str
    line: int
    code: str
    message: str = ""


def run(tree: Tree) -> list[Found]:
    """Return the findings in a release, sorted.

    Raises FileNotFoundError for one that isn't downloaded, RuntimeError where the tool fails.
    """
    if not tree.root.is_dir():
        raise FileNotFoundError(f"{tree.root.name} isn't there: run the download first")
    # From the repository, not from the release: its modules must not shadow the tool's.
    command = _command(tree)
    done = subprocess.run(command, check=False, cwd=REPOSITORY, capture_output=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{tree.root.name}: exit {done.returncode}\n{done.stderr.decode()}")
    found = (_found(entry, tree) for entry in json.loads(done.stdout)["findings"])
    return sorted(one for one in found if not _beyond_this_python(one, tree))


def _command(tree: Tree) -> list[str]:
    root = str(tree.root)
    command = [sys.executable, "-m", "flake8_bgtasks", "--format", "json", "--project-root", root]
    version = fastapi_version(tree)
    return [*command, *(["--fastapi-version", version] if version else []), root]


def _found(entry: dict[str, str | int], tree: Tree) -> Found:
    file = Path(os.path.normpath(REPOSITORY / str(entry["path"])))
    return Found(
        file.relative_to(tree.root).as_posix(),
        int(entry["line"]),
        str(entry["code"]),
        str(entry["message"]),
    )


def _beyond_this_python(found: Found, tree: Tree) -> bool:
    """Return whether a parse error is one that this Python has too: it depends on the version."""
    if found.code != "BGT900":
        return False
    try:
        ast.parse((tree.root / found.path).read_bytes())
    except (SyntaxError, ValueError):
        return True
    return False


def fastapi_version(tree: Tree) -> str | None:
    """Return the newest FastAPI release that the package allows; None where it names none."""
    requirements = [
        requirement
        for metadata in tree.root.glob("*.dist-info/METADATA")
        for requirement in _requirements(metadata.read_text(encoding="utf-8"))
        if requirement.name.lower() == "fastapi"
    ]
    # A plain requirement before one of an extra.
    requirements.sort(key=lambda requirement: "extra" in str(requirement.marker))
    return _newest(requirements[0].specifier) if requirements else None


def _requirements(metadata: str) -> list[Requirement]:
    lines = HeaderParser().parsestr(metadata).get_all("Requires-Dist", [])
    return [Requirement(line) for line in lines]


def _newest(specifier: SpecifierSet) -> str:
    """Return the newest known release allowed, else the one that the requirement starts from."""
    named = [part.version for part in specifier if part.operator in {"==", "~=", ">="}]
    return [*specifier.filter(RELEASES), *named][0]
