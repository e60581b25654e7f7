"""The configuration reference, from the one table of all options."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flake8_bgtasks.options import OPTIONS
from scripts.docs import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.options import Option

HEAD = """\
# Configuration

Options on the command line win over `[tool.flake8-bgtasks]` in the nearest `pyproject.toml`, which
wins over flake8's own files (`setup.cfg`, `tox.ini` or `.flake8`). Lists are separated by commas,
or are lists in TOML; relative paths start from the file that they stand in, or from the working
directory for the command line. A name that does not exist, or a value that can't be right, stops
the run with status 2 and names the line.
"""


def configuration_page() -> str:
    """Return the page, in Markdown."""
    return HEAD + "".join(_groups())


def _groups() -> Iterator[str]:
    ordered = sorted(OPTIONS, key=lambda option: _rank(option.group))
    for group, options in groupby(ordered, key=lambda option: option.group):
        yield f"\n## {group[0].upper()}{group[1:]}\n"
        yield from map(_section, options)


def _rank(group: str) -> int:
    groups = list(dict.fromkeys(option.group for option in OPTIONS))
    return groups.index(group)


def _section(option: Option) -> str:
    value = f" {option.metavar or _plain(option)}" if option.kind != "flag" else ""
    places = [f"| command line | `--{option.name}{value}` |"]
    if option.in_pyproject:
        places.append(f"| `pyproject.toml` | `{option.name} = {_example(option)}` |")
    if option.flake8_name:
        places.append(f"| flake8's files | `{option.flake8_name} = {_plain(option)}` |")
    text = f"{option.help[0].upper()}{option.help[1:]}."
    if option.choices:
        text += f" One of {', '.join(option.choices)}."
    rows = "\n".join(places)
    return f"\n### {option.name}\n\n{escaped(text)}\n\n| where | how |\n|---|---|\n{rows}\n"


def _example(option: Option) -> str:
    """Return a value as TOML writes it."""
    if option.kind == "flag":
        return "true"
    if option.kind == "mapping":
        return '{ "scripts/*" = ["BGT1"] }'
    if option.kind in ("codes", "patterns", "paths"):
        return f'["{_plain(option)}"]'
    return f'"{_plain(option)}"'


def _plain(option: Option) -> str:
    """Return a value as an INI file has it."""
    values = {
        "flag": "true",
        "codes": "BGT2",
        "patterns": "checks/" if option.name == "test-patterns" else "*.py",
        "paths": "build",
        "mapping": "scripts/*:BGT1",
        "version": "0.115.12",
        "choice": option.choices[-1] if option.choices else "",
        "folder": "./backend",
        "path": "./.cache",
        "file": "./known-bgtasks.json",
    }
    return values.get(option.kind, "value")
