"""Damaged projects: the engine answers with findings or BGT900, never with an error of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from scripts.reliability.sections import Measured, Section, table
from tests.fixture_cases import Case, all_cases

if TYPE_CHECKING:
    from scripts.reliability.sections import Amounts

_PIECES = (
    *(
        b"(",
        b")",
        b":",
        b"\n",
        b"    ",
        b"\t",
        b"\x00",
        b"\xff",
        b"'",
        b'"""',
        b"\\\n",
        b"\x0c",
        b"\r",
    ),
    *(
        b"lambda ",
        b"await ",
        b"yield ",
        b"async ",
        b"return ",
        b"del ",
        b"global x\n",
        b"match x:\n",
    ),
    *(
        b"*",
        b"**",
        b"@",
        b"=",
        b":=",
        b",",
        b"[",
        b"]",
        b"{",
        b"}",
        b";",
        b"#",
        b"...",
        b"f'{",
        b"}'",
    ),
    *(
        b"class A:",
        b"def f(",
        b"import ",
        b"from . import *\n",
        b"BackgroundTasks",
        b"tasks",
        b"self.",
    ),
    *(b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"# coding: latin-1\n"),
)


@dataclass
class Endured:
    """What became of damaged projects; times in seconds."""

    projects: int = 0
    unreadable: int = 0
    errors: list[str] = field(default_factory=list)
    slowest: float = 0.0
    elapsed: float = 0.0


def endure(projects: int, seed: int) -> Endured:
    """Damage so many fixture projects, one to four times each, and check them."""
    random, cases = Random(seed), all_cases()
    found = Endured()
    started = time.perf_counter()
    for number in range(projects):
        _endure_one(random.choice(cases), random, f"seed {seed}, project {number}", found)
    found.elapsed = time.perf_counter() - started
    return found


def _endure_one(case: Case, random: Random, name: str, found: Endured) -> None:
    files = {file: (case.folder / file).read_bytes() for file in case.files}
    file = random.choice(sorted(files))
    files[file] = damaged(files[file], random)
    started = time.perf_counter()
    settings = Settings(fastapi_version=case.fastapi_version)
    report = check(case.folder, case.files, case.files, settings, overlays=files)
    found.slowest = max(found.slowest, time.perf_counter() - started)
    found.projects += 1
    found.unreadable += any(finding.code == "BGT900" for finding in report.findings)
    errors = [f for f in report.findings if f.code == "BGT901"]
    found.errors += [f"{name}: {case}: {error.message}" for error in errors]


def damaged(source: bytes, random: Random) -> bytes:
    """Return a source with one to four changes, mostly one."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        source = random.choice((_insert, _insert, _delete, _swap, _drop, _repeat))(source, random)
    return source


def _insert(source: bytes, random: Random) -> bytes:
    at = random.randint(0, len(source))
    return source[:at] + random.choice(_PIECES) + source[at:]


def _delete(source: bytes, random: Random) -> bytes:
    at = random.randint(0, len(source))
    return source[:at] + source[at + random.randint(1, 12) :]


def _swap(source: bytes, random: Random) -> bytes:
    lines = source.split(b"\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _drop(source: bytes, random: Random) -> bytes:
    lines = source.split(b"\n")
    del lines[random.randrange(len(lines))]
    return b"\n".join(lines)


def _repeat(source: bytes, random: Random) -> bytes:
    at, to = random.randint(0, len(source)), random.randint(0, len(source))
    return source[:to] + source[at : at + random.randint(1, 30)] + source[to:]


def _measure(amounts: Amounts) -> Measured:
    endured = endure(amounts.projects or 20_000, seed=1)
    head = (
        "projects",
        "with a file that can't be parsed (BGT900)",
        "errors of the tool",
        "slowest",
    )
    row = (endured.projects, endured.unreadable, len(endured.errors), f"{endured.slowest:.1f} s")
    return Measured(f"{_INTRODUCTION}\n{table(head, [row])}", endured.errors)


_INTRODUCTION = """\
The fixture projects, one file of each damaged: bytes put in, cut out or repeated, lines dropped or
swapped.
"""
SECTION = Section("damaged", "Damaged projects", _measure)
