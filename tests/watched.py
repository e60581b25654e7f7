"""Runs of the tool's faces under an audit hook that tells what they do to a hostile tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    Face = Sequence[str]

# Installed before the tool is imported; writes what it sees, from forked processes too, since it
# must not stop the tool.
WATCH = """
import json, os, sys, tempfile
tree, cache, faces = sys.argv[1:4]
tempfile.gettempdir()  # which tries to write there
writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
changes = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod"}
changes |= {"os.truncate", "os.chown", "shutil.rmtree", "os.utime"}
runs = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"}
runs |= {"socket.connect", "socket.bind", "pickle.find_class", "ctypes.dlopen"}

def tell(*what):
    os.write(2, ("TOLD " + json.dumps(what) + chr(10)).encode())

def inside(path):
    is_path = isinstance(path, (str, bytes)) and os.path.isfile(path)
    return is_path and os.path.abspath(os.fsdecode(path)).startswith(tree)

def name_of(path):
    return os.path.abspath(os.fsdecode(path)) if isinstance(path, (str, bytes)) else ""

def watch(event, args):
    if event == "import" and inside(args[1]):
        tell("import", str(args[1]))
    elif event == "exec" and inside(args[0].co_filename):
        tell("exec", args[0].co_filename)
    elif event in runs:
        tell("run", event, str(args[:2]))
    elif event == "open" and isinstance(args[2], int) and args[2] & writes:
        name = name_of(args[0])
        if name and not name.startswith(cache) and name != os.devnull:
            tell("write", name)
    elif event in changes:  # by a descriptor that "open" has told of, it has no name
        name = name_of(args[0])
        if name and not name.startswith(cache):
            tell("change", name)

def run(name, argv):
    if name == "flake8":
        return flake8.main.cli.main(argv)
    if name == "codemod":
        return len(flake8_bgtasks.codemod.planned("safe"))
    if name == "api":
        return len(flake8_bgtasks.check().findings) + len(flake8_bgtasks.fix(write=False).changes)
    sys.argv = ["flake8-bgtasks", *argv]
    return flake8_bgtasks.__main__.main()

sys.dont_write_bytecode = True
import ctypes, flake8.main.cli, flake8.style_guide, libcst
import flake8_bgtasks.__main__, flake8_bgtasks.cli, flake8_bgtasks.codemod, flake8_bgtasks.engine
sys.addaudithook(watch)
for name, *argv in json.loads(faces):
    try:
        code = run(name, argv)
    except SystemExit as end:
        code = end.code
    tell("code", code)
"""

BOOBY_TRAP = """
raise SystemExit("the checked tree was run")
"""
# What Python, flake8, LibCST or the language server would import if the tree were on their path.
TEMPTING = (
    *("libcst", "flake8", "packaging", "pathspec", "sitecustomize", "usercustomize", "json"),
    *("pygls", "lsprotocol", "fastapi", "starlette", "conftest", "setup", "platformdirs"),
)


@dataclass(frozen=True)
class Seen:
    """What the faces returned, what they printed, and what else they did: an event and its name."""

    codes: tuple[object, ...]
    out: str
    done: tuple[tuple[str, ...], ...]

    @property
    def events(self) -> set[str]:
        """The kinds of what was done."""
        return {event for event, *_ in self.done}

    @property
    def folders(self) -> set[str]:
        """Where something was written or changed."""
        return {os.path.dirname(name) for event, name in self.done if event in ("write", "change")}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a project whose every file would do harm if it were run."""
    root = tmp_path / "tree"
    root.mkdir()
    (root / "main.py").write_text(
        "from fastapi import BackgroundTasks, FastAPI\nfrom helpers import notify\n"
        "app = FastAPI()\n\n\n@app.get('/')\ndef index() -> None:\n    notify()\n" + BOOBY_TRAP
    )
    (root / "helpers.py").write_text(
        "from fastapi import BackgroundTasks\n\n\ndef notify() -> None:\n"
        "    BackgroundTasks().add_task(print)\n" + BOOBY_TRAP
    )
    for name in TEMPTING:
        (root / f"{name}.py").write_text(BOOBY_TRAP)
    (root / ".flake8").write_text(
        "[flake8:local-plugins]\nextension =\n    X = helpers:Plugin\npaths = .\n"
        "[flake8]\nrequire-plugins = nothing\n"
    )
    return root


def start(tree: Path, faces: Sequence[Face]) -> subprocess.Popen[bytes]:
    """Run faces one after the other in a process that works in the tree."""
    beside = tree.parent
    # The working directory must not be on the path, as it isn't for an installed command.
    python = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-I"]
    return subprocess.Popen(
        [*python, "-c", WATCH, str(tree), str(beside / "cache"), json.dumps(faces)],
        cwd=tree,
        env={
            **os.environ,
            "XDG_STATE_HOME": str(beside / "state"),
            "XDG_CACHE_HOME": str(beside / "cache"),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def seen(out: bytes, err: bytes) -> Seen:
    """Take apart what a process has printed."""
    lines = err.decode().splitlines()
    told = [json.loads(line.removeprefix("TOLD ")) for line in lines if line.startswith("TOLD ")]
    codes = tuple(code for event, code in (one[:2] for one in told) if event == "code")
    done = tuple(tuple(one) for one in told if one[0] != "code")
    return Seen(codes, out.decode(), done)


def watched(tree: Path, *faces: Face) -> Seen:
    """Run faces one after the other, and return what they did."""
    process = start(tree, faces)
    return seen(*process.communicate())


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
