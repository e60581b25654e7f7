"""The sections of `docs/reliability.md`: each is measured, and written, alone."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_HEAD = """\
# Reliability

What the tool bears, as measured. `python -m scripts.reliability` writes all of this page, and
`python -m scripts.reliability <section>` one section of it. Times depend on the machine; what
matters is how they grow.
"""


@dataclass(frozen=True)
class Amounts:
    """How much of it: projects to damage or repair, rounds of a crowd, seconds for each target.

    `pythons` are the versions that are tried, `jobs` the processes that repairs are tried in.
    """

    projects: int | None
    rounds: int | None
    seconds: int | None
    trees: Sequence[Path]
    pythons: Sequence[str]
    jobs: int


@dataclass(frozen=True)
class Measured:
    """The text of a section, and what went wrong: nothing should."""

    text: str
    failures: Sequence[str] = ()


@dataclass(frozen=True)
class Section:
    """`name` is said on the command line."""

    name: str
    title: str
    measure: Callable[[Amounts], Measured]


def updated(
    page: str, sections: Iterable[Section], new: Section, measured: Measured, seconds: float
) -> str:
    """Return the page with the text of one section replaced."""
    failed = "".join(f"- {failure}\n" for failure in measured.failures)
    command = f"`python -m scripts.reliability {new.name}`"
    written = f"{command}, Python {platform.python_version()}, in {seconds:.0f} s."
    text = f"{measured.text.strip()}\n\n{failed}\n{written}".replace("\n\n\n", "\n\n")
    return with_section(page, _HEAD, [section.title for section in sections], new.title, text)


def with_section(page: str, head: str, titles: Iterable[str], title: str, text: str) -> str:
    """Return a page with the text of one section replaced; sections keep the order of `titles`."""
    bodies = {title: body.strip() for title, _, body in map(_split, page.split("\n## ")[1:])}
    bodies[title] = text
    sections = [f"## {known}\n\n{bodies[known]}\n" for known in titles if known in bodies]
    return "\n".join([head, *sections])


def _split(section: str) -> tuple[str, str, str]:
    return section.partition("\n")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
