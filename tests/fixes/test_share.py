"""Of the findings that can be repaired, nearly all are; each exception has a name."""

from __future__ import annotations

from collections import Counter

from tests.fixes.share import NO_MEANING, NO_REQUEST, NOT_REPAIRED, share


def test_share() -> None:
    found = share()
    listed = Counter(NO_REQUEST) + Counter(NO_MEANING) + Counter(NOT_REPAIRED)
    assert found.left == listed, "python -m tests.fixes.share tells the reasons"
    assert found.of(NO_REQUEST) >= 0.95
    assert found.of(NO_REQUEST, NO_MEANING) >= 0.97
