"""The same findings on every Python, with old and new libraries, in any locale, home and path."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.reliability.environments.faces import Faces, write_sample
from scripts.reliability.environments.installs import all_installs, build_wheel
from scripts.reliability.environments.places import Visitor
from scripts.reliability.environments.surroundings import all_surroundings
from scripts.reliability.sections import Measured, Section, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.reliability.environments.faces import Answer
    from scripts.reliability.sections import Amounts


def _measure_installs(amounts: Amounts) -> Measured:
    rows, failures = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sample"
        write_sample(folder)
        wheel = build_wheel(Path(name))
        environment = {**os.environ, "XDG_CACHE_HOME": f"{name}/cache"}
        here = Faces(Path(sys.executable).parent, environment=environment)
        expected = here.command_line(folder, "--no-cache")
        for install in all_installs(amounts.pythons):
            install.make(wheel)
            faces = Faces(install.programs, environment=environment)
            answers = {
                "empty cache": faces.command_line(folder),
                "full cache": faces.command_line(folder),
                "flake8": faces.flake8(folder),
                "flake8 -j1": faces.flake8(folder, "-j1"),
            }
            wrong = list(_differences(answers, expected))
            failures += [f"{install}: {difference}" for difference in wrong]
            rows.append((install.python, *install.versions(), "no" if wrong else "yes"))
    head = ("Python", "flake8", "LibCST", "same findings")
    findings = sum(expected.findings.values())
    return Measured(_INSTALLS.format(findings=findings) + table(head, rows), failures)


def _differences(answers: dict[str, Answer], expected: Answer) -> Iterator[str]:
    for name, answer in answers.items():
        if answer != expected:
            missing, more = expected.findings - answer.findings, answer.findings - expected.findings
            lists = f"missing {[*missing]}, more {[*more]}"
            yield f"{name}: exit {answer.code}, {lists}: {answer.complaint[-300:]}"


def _measure_surroundings(amounts: Amounts) -> Measured:
    rows, failures = [], []
    all_of_them = all_installs(amounts.pythons)
    installs = dict.fromkeys((all_of_them[0], all_of_them[-1]))
    with tempfile.TemporaryDirectory() as name:
        wheel = build_wheel(Path(name))
        for install in installs:
            install.make(wheel)
            folder = Path(name) / str(install)
            folder.mkdir()
            visitor = Visitor(install.programs, folder)
            for surroundings in all_surroundings(folder):
                wrong = visitor.visit(surroundings)
                failures += [f"{install}: {said}" for said in wrong]
                rows.append((surroundings.name, install.python, "no" if wrong else "yes"))
    return Measured(
        _SURROUNDINGS + table(("surroundings", "Python", "as it should be"), rows), failures
    )


_INSTALLS = """\
The wheel, installed into an environment of its own, on the demo and on one right and one wrong
case of each rule: {findings} findings, from the command line with an empty and with a full cache,
and from flake8 with one and with several processes. Old releases are the oldest that
`pyproject.toml` allows, of all libraries.

"""
_SURROUNDINGS = """\
The demo, checked with an empty and with a full cache and by flake8, then repaired. Where nothing
can be written, `--fix` has to say so (exit 2) or to leave all as it is. Modes of files bind the
tool here also if root runs it.

"""
SECTIONS = (
    Section("installs", "Pythons and libraries", _measure_installs),
    Section("surroundings", "Locales, homes, rights and names", _measure_surroundings),
)
