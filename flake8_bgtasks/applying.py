"""Applies the rules to a program, together with another process where that is allowed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from flake8_bgtasks import rules
from flake8_bgtasks.aside import aside, can_fork
from flake8_bgtasks.findings import as_values, from_values
from flake8_bgtasks.report import internal_error
from flake8_bgtasks.tracking.halves import length_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.rules.base import Rule
    from flake8_bgtasks.tracking.program import Program

    Progress = Callable[[str, int, int], None]
    Found = dict[int, list[Finding]]
    Asked = tuple[str, tuple[str, str]]

ENOUGH = 600
"""A program of so many lines is worth a second process."""

LONG = ("BGT501", "BGT601", "BGT401")
"""The first rules of the kinds that take longest, the longest first: best begun with."""

FIRST = "BGT101"
"""What this rule asks about a program, most others ask too."""


def apply(
    program: Program, codes: Collection[str], progress: Progress, *, forks: bool
) -> list[Finding]:
    """Return what the rules with some codes find; `forks` allows a second process."""
    numbers = [n for n, rule in enumerate(rules.RULES) if rule.code in codes]
    if forks and len(numbers) > 1 and can_fork() and _size(program) >= ENOUGH:
        found = _together(program, numbers, progress)
    else:
        found = _applied(program, numbers, progress)
    return [finding for number in sorted(found) for finding in found[number]]


def undecided(program: Program) -> list[Asked]:
    """Return the functions that some rules can't judge, as nobody calls them."""
    asking = [(rule.code, rule.undecided) for rule in rules.RULES if rule.undecided is not None]
    return [(code, name) for code, names in asking for name in sorted(names(program))]


def unreached(program: Program, found: Iterable[Finding]) -> list[Asked]:
    """Return the functions with findings that no known request gets to."""
    return [(f.code, name) for f in found for name in program.chains.unreached(f)]


def _size(program: Program) -> int:
    """Return how many lines are tracked."""
    return sum(length_of(program.files, *place) for place in program.tracked)


def _together(program: Program, numbers: Sequence[int], progress: Progress) -> Found:
    """Apply rules in two processes, each of which takes the next ones when it has time.

    Those of a kind go together: they ask the same.
    """
    found = _applied(program, [n for n in numbers if rules.RULES[n].code == FIRST], progress)
    queue = Queue([n for n in numbers if n not in found])
    told = aside(lambda: _told(program, queue))
    try:
        found |= _applied(program, queue, progress)
    finally:
        queue.close()
    data = told()
    if data is not None:
        found |= _heard(program, data)
    return found | _applied(program, [n for n in numbers if n not in found], progress)


class Queue:
    """Numbers of rules, each of which one process gets."""

    def __init__(self, numbers: Iterable[int]) -> None:
        kinds: dict[str, list[int]] = {}
        for number in numbers:
            kinds.setdefault(rules.RULES[number].code[:-2], []).append(number)
        self._kinds = sorted(kinds.values(), key=_turn)
        self._reading, writing = os.pipe()
        os.write(writing, bytes(range(len(self._kinds))))
        os.close(writing)

    def __iter__(self) -> Iterator[int]:
        while taken := os.read(self._reading, 1):
            yield from self._kinds[taken[0]]

    def close(self) -> None:
        os.close(self._reading)


def _turn(kind: Sequence[int]) -> int:
    code = rules.RULES[kind[0]].code
    return LONG.index(code) if code in LONG else len(LONG)


def _told(program: Program, queue: Queue) -> bytes:
    """Return what some of the rules find, and what was read for it.

    Raises what makes the other process do it all: nothing is told of code that can't be read.
    """
    files, found = program.files, {}
    broken = len(files.bad), len(files.failed)

    def work() -> None:
        found.update(_applied(program, queue, lambda *_: None))

    facts = program.units.facts.tell(work)
    if broken != (len(files.bad), len(files.failed)):
        raise RuntimeError
    findings = {number: [*map(as_values, some)] for number, some in found.items()}
    return json.dumps([findings, files.asked(), facts]).encode()


def _heard(program: Program, data: bytes) -> Found:
    findings, asked, facts = json.loads(data)
    program.files.ask(asked)
    program.units.facts.hear(facts)
    return {int(number): [*map(from_values, some)] for number, some in findings.items()}


def _applied(program: Program, numbers: Iterable[int], progress: Progress) -> Found:
    found: Found = {}
    for number in numbers:
        progress("rules", number, len(rules.RULES))
        found[number] = _findings(rules.RULES[number], program)
    return found


def _findings(rule: Rule, program: Program) -> list[Finding]:
    try:
        return list(rule.check(program))
    except Exception as error:  # the other rules still apply
        return [internal_error(program.paths[0], error)]
