"""What the commands share: their arguments, what they show, and where that goes."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import TYPE_CHECKING, NoReturn

from flake8_bgtasks.arguments import PROGRAM, parse
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.picture.build import build
from flake8_bgtasks.picture.graph import EMPTY
from flake8_bgtasks.progress import ProgressBar
from flake8_bgtasks.study import study
from flake8_bgtasks.writing import open_report

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from flake8_bgtasks.commands.streams import Streams
    from flake8_bgtasks.picture.graph import Graph

DONE = 0
MORE = f"Paths and the options for what is checked are those of {PROGRAM}; see {PROGRAM} --help."


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def split(
    name: str, description: str, formats: Sequence[str], argv: Sequence[str]
) -> tuple[Namespace, list[str]]:
    """Return a command's own options, and the other arguments. Raises UsageError."""
    parser = _Parser(
        prog=f"{PROGRAM} {name}",
        usage="%(prog)s [OPTIONS] [PATH ...]",
        description=description,
        epilog=MORE,
        add_help=False,
        allow_abbrev=False,
    )
    parser.add_argument("--format", choices=formats, default=formats[0])
    parser.add_argument("--output-file", metavar="FILE", help="file to write to")
    parser.add_argument("-h", "--help", action="store_true", help="print this text")
    own, others = parser.parse_known_args(argv)
    own.text = parser.format_help()
    return own, others


def graph_of(argv: Sequence[str], streams: Streams) -> Graph:
    """Return the graph of the project that the arguments name. Raises UsageError."""
    cwd = os.getcwd()
    bar = ProgressBar(streams.stderr)
    try:
        found = study(parse(argv, cwd), cwd, streams.read_stdin, bar)
    finally:
        bar.close()
    if found.program is None:
        return EMPTY
    reported = frozenset(found.inputs.found.reported)
    return build(found.program, found.findings, reported).with_paths(found.paths.relative)


def write(lines: Iterable[str], own: Namespace, streams: Streams) -> int:
    """Write to the file that is asked for, else to standard output. Raises UsageError."""
    if own.output_file is None:
        streams.stdout.writelines(f"{line}\n" for line in lines)
        streams.stdout.flush()
        return DONE
    try:
        with open_report(own.output_file) as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        place = f"--output-file: can't write {own.output_file}"
        raise UsageError(f"{place}: {error.strerror}") from error
    return DONE
