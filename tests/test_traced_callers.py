"""Whose callers are looked up for the messages decides about no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.tracking.chains import Chains
from tests.test_fixtures import every_case, found

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


@pytest.mark.parametrize("traced", [nobody, everybody], ids=lambda f: f.__name__)
@every_case
def test_findings_are_the_marked_ones_whoever_is_traced(
    case: Case, traced: Traced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chains, "unreached", traced)
    assert found(case) == case.marks
