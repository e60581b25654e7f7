"""Whose callers are looked up for the messages decides about no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.tracking.chains import Chains
from tests.test_fixtures import CASES, found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_bgtasks.findings import Finding
    from tests.fixture_cases import Case

    Traced = Callable[[Chains, Finding], Iterator[tuple[str, str]]]


def nobody(_chains: Chains, _finding: Finding) -> Iterator[tuple[str, str]]:
    yield from ()


def everybody(chains: Chains, _finding: Finding) -> Iterator[tuple[str, str]]:
    for path, index in chains.program.tracked:
        outline = chains.program.files.outline(path)
        assert outline is not None
        yield from ((path, name) for name in outline.statements[index].binds)


# A third of the cases must do for each.
@pytest.mark.parametrize(
    ("traced", "case"),
    [(nobody, case) for case in CASES[::3]] + [(everybody, case) for case in CASES[1::3]],
    ids=lambda it: getattr(it, "__name__", str(it)),
)
def test_findings_are_the_marked_ones_whoever_is_traced(
    traced: Traced, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chains, "unreached", traced)
    assert found(case) == case.marks
