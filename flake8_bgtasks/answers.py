"""What the tool says about itself: `--help`, `--version`, `--list-rules` and `--explain`."""

from __future__ import annotations

from flake8_bgtasks import __version__
from flake8_bgtasks.arguments import PROGRAM, argument_parser
from flake8_bgtasks.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import SimpleNamespace

HEADER = ("CODE", "NAME", "DEFAULT", "FIX", "SUMMARY")


def answer(options: SimpleNamespace) -> Iterator[str]:
    """Yield the lines of the first question's answer. Raises UsageError for an unknown rule."""
    if options.help:
        yield from argument_parser().format_help().splitlines()
    elif options.version:
        yield f"{PROGRAM} {__version__}"
    elif options.list_rules:
        yield from rule_table()
    else:
        yield from page_of(options.explain).splitlines()


def rule_table() -> Iterator[str]:
    """Yield a table of all rules, its columns aligned."""
    from flake8_bgtasks.rules import RULES

    rows = [HEADER] + [
        (rule.code, rule.name, "on" if rule.on_by_default else "off", rule.fix, rule.summary)
        for rule in RULES
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def page_of(code: str) -> str:
    """Return the page of a rule, in Markdown. Raises UsageError if there is no such rule."""
    from flake8_bgtasks.rules import rule_for

    try:
        return rule_for(code.upper()).page
    except KeyError as error:
        raise UsageError(
            f"--explain: there is no rule {code}; --list-rules shows them all"
        ) from error
