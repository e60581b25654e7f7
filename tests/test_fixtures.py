"""The engine finds in every fixture project what is marked there, and nothing else."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.engine import check
from flake8_bgtasks.rules import RULES
from flake8_bgtasks.settings import Settings
from tests.fixture_cases import Case, Mark, all_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CASES = all_cases()
CODES = [rule.code for rule in RULES if not rule.code.startswith("BGT9")]
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def found(
    case: Case,
    files: Sequence[str] = (),
    reported: Sequence[str] | None = None,
    root: Path | None = None,
) -> set[Mark]:
    files = files or case.files
    settings = Settings(fastapi_version=case.fastapi_version)
    report = check(root or case.folder, files, files if reported is None else reported, settings)
    return {Mark(f.path, f.span.line, f.code) for f in report.findings}


@every_case
def test_findings_are_the_marked_ones(case: Case) -> None:
    assert found(case) == case.marks


@every_case
def test_order_of_files_does_not_matter(case: Case) -> None:
    shuffled = random.Random(str(case)).sample(case.files, len(case.files))
    assert found(case, case.files[::-1]) == case.marks
    assert found(case, shuffled) == case.marks


@every_case
def test_a_file_alone_gets_the_findings_of_the_whole_run(case: Case) -> None:
    for file in case.files:
        expected = {mark for mark in case.marks if mark.path == file}
        assert found(case, reported=[file]) == expected


def with_crlf(source: bytes) -> bytes:
    return source.replace(b"\n", b"\r\n")


def with_bom(source: bytes) -> bytes:
    return b"\xef\xbb\xbf" + source


def with_tabs(source: bytes) -> bytes:
    return re.sub(rb"^(?: {4})+", lambda m: b"\t" * (len(m[0]) // 4), source, flags=re.MULTILINE)


@pytest.mark.parametrize("write", [with_crlf, with_bom, with_tabs], ids=lambda f: f.__name__)
@every_case
def test_layout_of_files_does_not_matter(
    case: Case, write: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    for file in case.files:
        copy = tmp_path / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(write((case.folder / file).read_bytes()))
    assert found(case, root=tmp_path) == case.marks


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_enough_cases(code: str) -> None:
    own = [case for case in CASES if case.rule == code]
    bad = [case for case in own if case.is_bad]
    assert len(bad) >= 6
    assert len(own) - len(bad) >= 6
    assert sum(case.spans_modules for case in bad) >= 2
