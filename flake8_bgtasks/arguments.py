"""Reading the command line, and merging it with the configuration."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, NoReturn

from flake8_bgtasks.config import read_config
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.options import OPTIONS, Option
from flake8_bgtasks.values import InvalidValueError, check_known, convert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PROGRAM = "flake8-bgtasks"


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def argument_parser() -> ArgumentParser:
    """Make the parser; it only splits, and keeps what is not given out of the namespace."""
    parser = _Parser(
        prog=PROGRAM,
        usage="%(prog)s [OPTIONS] [PATH ...]",
        description="Find the FastAPI background tasks that never run.",
        argument_default=SUPPRESS,
        add_help=False,
        allow_abbrev=False,
    )
    parser.add_argument(
        "paths",
        nargs="*",
        default=[],
        metavar="PATH",
        help="file or folder (default: .); - = stdin",
    )
    groups = {option.group: parser.add_argument_group(option.group) for option in OPTIONS}
    for option in OPTIONS:
        names = (option.name, *option.aliases)
        groups[option.group].add_argument(*[f"--{name}" for name in names], **_arguments(option))
    groups["information"].add_argument(
        "-h", "--help", action="store_true", default=False, help="print this text"
    )
    return parser


def parse(argv: Sequence[str], cwd: Path) -> Namespace:
    """Return all options by `dest`: the command line, else the configuration, else the default.

    Questions such as `--help` are answered without the configuration. Raises UsageError.
    """
    given = _split(list(argv))
    written = {o.dest: _value(o, getattr(given, o.dest), cwd) for o in OPTIONS if o.dest in given}
    values: dict[str, Any] = {option.dest: option.default for option in OPTIONS}
    if not is_question(Namespace(**{**values, **written}, help=given.help)):
        values |= read_config(cwd, written.get("config"), isolated=bool(written.get("isolated")))
    return Namespace(**{**values, **written}, paths=given.paths, help=given.help)


def _split(argv: list[str]) -> Namespace:
    """Let argparse sort options and paths; what follows `--` is a path whatever it looks like."""
    end = argv.index("--") if "--" in argv else len(argv)
    given = argument_parser().parse_intermixed_args(argv[:end])
    given.paths += argv[end + 1 :]
    return given


def is_question(options: Namespace) -> bool:
    """Tell whether the user asks about the tool, so that nothing is checked."""
    return bool(options.help or options.version or options.list_rules or options.explain)


def _arguments(option: Option) -> dict[str, Any]:
    arguments: dict[str, Any] = {"help": option.help, "dest": option.dest}
    if option.kind == "flag":
        return {**arguments, "action": "store_true"}
    return {**arguments, "metavar": option.metavar or "|".join(option.choices)}


def _value(option: Option, raw: object, cwd: Path) -> Any:
    try:
        value = convert(option, raw, str(cwd))
        if option.kind == "codes":
            check_known(option, value)
    except InvalidValueError as error:
        raise UsageError(f"--{option.name}: {error}") from error
    return value
