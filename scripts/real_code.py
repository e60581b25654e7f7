"""Try the tool on pinned releases of real projects.

    python -m scripts.real_code download [NAMES…]
    python -m scripts.real_code check [NAMES…]
    python -m scripts.real_code labels FILE [NAMES…]

A name is a package, or a package and its version (`skypilot-0.9.3`). Exit 0 where all is as
expected, 1 where it isn't, 2 where a release or an argument is wrong.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from scripts.realcode import labels, snapshot
from scripts.realcode.download import download
from scripts.realcode.trees import Tree, load


def main(arguments: list[str] | None = None) -> int:
    """Run one command, return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "download":
            return _download(options.names)
        if options.command == "check":
            return int(snapshot.check(load(options.names)) > 0)
        return int(labels.check(options.file, options.names) > 0)
    except (OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.real_code")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("download", help="get and unpack the releases")
    commands.add_parser("check", help="compare the findings with the reviewed snapshot")
    commands.add_parser("labels", help="check labelled sites").add_argument("file", type=Path)
    for command in commands.choices.values():
        command.add_argument("names", nargs="*")
    return parser


def _download(names: list[str]) -> int:
    return 0 if all(_downloaded(tree) for tree in load(names)) else 2


def _downloaded(tree: Tree) -> bool:
    try:
        download(tree)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"{tree.root.name}: {error}", file=sys.stderr)
        return False
    print(tree.root.name)
    return True


if __name__ == "__main__":
    sys.exit(main())
