"""Every fixture that can be repaired is repaired as its `after/` says, in any layout."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.fixes.cases import repaired, repaired_case, sources
from tests.fixture_cases import Case, all_cases

if TYPE_CHECKING:
    from collections.abc import Callable

BAD = [case for case in all_cases() if case.is_bad]
FIXED = [case for case in BAD if (case.folder / "after").is_dir()]
HEADER = "# -*- coding: latin-1 -*-\n# caf\xe9\n".encode("latin-1")
every_bad_case = pytest.mark.parametrize("case", BAD, ids=str)
every_fixed_case = pytest.mark.parametrize("case", FIXED, ids=str)


def with_crlf(source: bytes) -> bytes:
    return source.replace(b"\n", b"\r\n")


def with_bom(source: bytes) -> bytes:
    return b"\xef\xbb\xbf" + source


def with_tabs(source: bytes) -> bytes:
    return re.sub(rb"^(?: {4})+", lambda m: b"\t" * (len(m[0]) // 4), source, flags=re.MULTILINE)


def in_latin_1(source: bytes) -> bytes:
    return HEADER + source


def without_final_newline(source: bytes) -> bytes:
    return source.rstrip(b"\n")


VARIANTS = (with_crlf, with_bom, with_tabs, in_latin_1, without_final_newline)


@every_bad_case
def test_repaired_as_expected(case: Case) -> None:
    """Without `after/`, nothing may change; `python -m scripts.after` writes it, to be read."""
    before = sources(case.folder)
    files, _ = repaired_case(case, before)
    expected = sources(case.folder / "after") if case in FIXED else before
    assert files == expected


@every_fixed_case
def test_second_run_changes_nothing(case: Case) -> None:
    _, result = repaired_case(case, sources(case.folder / "after"))
    assert result.files == ()


@every_fixed_case
def test_layout_stays(case: Case) -> None:
    """Each case stands for one way to lay out files, as all of them would take too long."""
    vary = VARIANTS[zlib.crc32(str(case).encode()) % len(VARIANTS)]
    before, after = sources(case.folder), sources(case.folder / "after")
    files, _ = repaired_case(case, varied(before, vary))
    assert normal(files, vary) == normal(varied(after, vary), vary)


def varied(files: dict[str, bytes], vary: Callable[[bytes], bytes]) -> dict[str, bytes]:
    return {name: vary(source) for name, source in files.items()}


def normal(files: dict[str, bytes], vary: Callable[[bytes], bytes]) -> dict[str, bytes]:
    """Forget the final newline where it is gone: a line before it can become the last one."""
    is_bare = vary is without_final_newline
    return {n: s.rstrip(b"\n") if is_bare else s for n, s in files.items()}


@pytest.mark.parametrize("case", [case for case in all_cases() if not case.is_bad], ids=str)
def test_nothing_to_repair_in_clean_projects(case: Case) -> None:
    files, result = repaired(case.folder, sources(case.folder), case.fastapi_version)
    assert (files, result.refused) == (sources(case.folder), ())
