"""Get a pinned wheel, check its hash, unpack it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.realcode.trees import Tree


def download(tree: Tree) -> None:
    """Unpack the release to `tree.root`, unless it is there already.

    Raises OSError, subprocess.CalledProcessError or ValueError where it can't be had.
    """
    if tree.root.is_dir():
        return
    with tempfile.TemporaryDirectory() as folder:
        _pip_download(tree, folder)
        wheel = Path(folder) / tree.file
        _verify(wheel, tree.sha256)
        _unpack(wheel, tree.root)


def _pip_download(tree: Tree, folder: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    command += ["--only-binary=:all:", "--python-version", tree.python]
    command += ["--platform", tree.platform] if tree.platform else []
    subprocess.run([*command, f"{tree.name}=={tree.version}"], check=True)


def _verify(wheel: Path, sha256: str) -> None:
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != sha256:
        raise ValueError(f"{wheel.name}: sha256 is {found}, expected {sha256}")


def _unpack(wheel: Path, root: Path) -> None:
    """Unpack what the tool and the script read; the folder appears only when it is whole."""
    partial = root.with_name(root.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if _wanted(member.filename):
                archive.extract(member, partial)
    partial.rename(root)


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise ValueError(f"unsafe path in the archive: {name!r}")
    return path.suffix in {".py", ".pyi", ".toml", ".cfg"} or path.name == "METADATA"
