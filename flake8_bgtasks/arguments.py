"""Reading the command line, and merging it with the configuration."""

from __future__ import annotations

from types import SimpleNamespace

from flake8_bgtasks.config import read_config
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.options import OPTIONS, Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

PROGRAM = "flake8-bgtasks"


def argument_parser() -> ArgumentParser:
    """Make a parser that knows how to lay out the help; importing it takes too long to parse."""
    from argparse import ArgumentParser

    parser = ArgumentParser(
        prog=PROGRAM,
        usage="%(prog)s [OPTIONS] [PATH ...]",
        description="Find the FastAPI background tasks that never run.",
        add_help=False,
    )
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="file or folder (default: .); - = stdin"
    )
    groups = {option.group: parser.add_argument_group(option.group) for option in OPTIONS}
    for option in OPTIONS:
        groups[option.group].add_argument(
            *[f"--{name}" for name in _names(option)], **_arguments(option)
        )
    groups["information"].add_argument("-h", "--help", action="store_true", help="print this text")
    return parser


def parse(argv: Sequence[str], cwd: str | Path) -> SimpleNamespace:
    """Return all options by `dest`: the command line, else the configuration, else the default.

    Questions such as `--help` are answered without the configuration. Raises UsageError.
    """
    given = _Given(argv)
    written = {o.dest: _value(o, raw, str(cwd)) for o, raw in given.options.items()}
    values: dict[str, Any] = {option.dest: option.default for option in OPTIONS}
    if not is_question(SimpleNamespace(**{**values, **written}, help=given.help)):
        values |= read_config(cwd, written.get("config"), isolated=bool(written.get("isolated")))
    return SimpleNamespace(**{**values, **written}, paths=given.paths, help=given.help)


class _Given:
    """A command line, sorted: options with what was written for them, paths between and after.

    As argparse reads it, without abbreviations; what follows `--` is a path whatever it looks like.
    """

    def __init__(self, argv: Sequence[str]) -> None:
        self.options: dict[Option, str | bool] = {}
        self.paths: list[str] = []
        self.help = False
        by_name = {f"--{name}": option for option in OPTIONS for name in _names(option)}
        pending = list(argv)
        while pending:
            argument = pending.pop(0)
            name, equals, value = argument.partition("=")
            if argument == "--":
                self.paths += pending
                return
            if not _is_option(argument):
                self.paths.append(argument)
            elif argument in ("-h", "--help"):
                self.help = True
            elif name not in by_name:
                raise UsageError(f"unrecognized arguments: {argument}")
            elif by_name[name].kind == "flag":
                if equals:
                    raise UsageError(f"argument {name}: ignored explicit argument {value!r}")
                self.options[by_name[name]] = True
            else:
                self.options[by_name[name]] = value if equals else _next(name, pending)


def _names(option: Option) -> tuple[str, ...]:
    return (option.name, *option.aliases)


def _is_option(argument: str) -> bool:
    return argument.startswith("-") and argument != "-"


def _next(name: str, pending: list[str]) -> str:
    if not pending or _is_option(pending[0]):
        raise UsageError(f"argument {name}: expected one argument")
    return pending.pop(0)


def is_question(options: SimpleNamespace) -> bool:
    """Tell whether the user asks about the tool, so that nothing is checked."""
    return bool(options.help or options.version or options.list_rules or options.explain)


def _arguments(option: Option) -> dict[str, Any]:
    arguments: dict[str, Any] = {"help": option.help, "dest": option.dest}
    if option.kind == "flag":
        return {**arguments, "action": "store_true"}
    return {**arguments, "metavar": option.metavar or "|".join(option.choices)}


def _value(option: Option, raw: str | bool, cwd: str) -> Any:
    if raw is True:  # a flag
        return True
    from flake8_bgtasks.values import InvalidValueError, check_known, convert

    try:
        value = convert(option, raw, cwd)
        if option.kind == "codes":
            check_known(option, value)
    except InvalidValueError as error:
        raise UsageError(f"--{option.name}: {error}") from error
    return value
