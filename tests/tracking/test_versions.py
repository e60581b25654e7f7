"""Which releases a fact holds on."""

from __future__ import annotations

import pytest

from flake8_bgtasks.tracking.versions import Releases

CLOSED_EARLY = Releases("0.106", "0.117")


@pytest.mark.parametrize("version", ["0.106.0", "0.115.12", "0.117.0", "0.117.1", "0.117.1.post1"])
def test_ends_are_part_of_a_range(version: str) -> None:
    assert version in CLOSED_EARLY


@pytest.mark.parametrize("version", ["0.68", "0.105.0", "0.118.0", "0.118.0rc1", "1.0", None])
def test_releases_around_a_range_are_not(version: str | None) -> None:
    assert version not in CLOSED_EARLY


def test_a_patch_release_may_end_a_range() -> None:
    assert "0.128.1" in Releases(last="0.128.1")
    assert "0.128.2" not in Releases(last="0.128.1")
    assert "0.129.0" not in Releases(last="0.128.1")


def test_newest_release_is_in_open_ranges_only() -> None:
    assert None in Releases("0.121")
    assert None in Releases()
    assert None not in Releases(last="0.94")


@pytest.mark.parametrize(
    ("releases", "text"),
    [
        (CLOSED_EARLY, "0.106 to 0.117"),
        (Releases(last="0.105"), "up to 0.105"),
        (Releases("0.118"), "0.118 and later"),
    ],
)
def test_text(releases: Releases, text: str) -> None:
    assert str(releases) == text
