"""The page about FastAPI releases, and what counts as a broken case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.fastapiversions import record
from scripts.fastapiversions.environments import requirements
from scripts.fastapiversions.page import page
from scripts.fastapiversions.results import Result

if TYPE_CHECKING:
    from pathlib import Path

CLOSED = "AssertionError: nothing was raised; Outcome(status=200)"


def result(case: str, release: str, error: str | None = None, *, as_marked: bool = True) -> Result:
    return Result(case, release, error, is_own=release == "0.115.12", as_marked=as_marked)


def test_a_case_is_as_proven_changed_or_something_else() -> None:
    assert result("BGT601/bad_file", "0.118.0").kind == "same"
    assert result("BGT601/bad_file", "0.118.0", CLOSED, as_marked=False).kind == "changed"
    assert result("BGT601/bad_file", "0.118.0", CLOSED).kind == "other"
    assert result("BGT601/bad_file", "0.118.0", as_marked=False).kind == "other"


def test_only_a_release_of_its_own_breaks_a_case() -> None:
    assert result("BGT601/bad_file", "0.115.12", CLOSED).is_broken
    assert not result("BGT601/bad_file", "0.115.12").is_broken
    assert not result("BGT601/bad_file", "0.118.0", CLOSED).is_broken


def test_page_counts_and_names_what_is_otherwise() -> None:
    text = page(
        {
            "0.115.12": [result("BGT601/bad_file", "0.115.12"), result("BGT101/bad", "0.115.12")],
            "0.118.0": [
                result("BGT601/bad_file", "0.118.0", CLOSED, as_marked=False),
                result("BGT101/bad", "0.118.0", "TypeError: a | b"),
            ],
        }
    )
    assert "| 0.115.12 | 2 | 2 | 0 | 0 |\n" in text
    assert "| 0.118.0 | 2 | 0 | 1 | 1 |\n" in text
    assert "| [BGT601](rules/BGT601.md) | 1 + 0 | 0 + 1 |\n" in text
    assert "| BGT101/bad | 0.118.0 | `TypeError: a \\| b` |\n" in text


def test_releases_before_pydantic_2_get_the_old_one() -> None:
    assert "pydantic<2" in requirements("0.95.2")
    assert "pydantic<2" not in requirements("0.100.0")
    assert requirements("0.118.0")[0] == "fastapi==0.118.0"


def test_the_record_gives_back_what_was_found(tmp_path: Path) -> None:
    found = {
        "0.115.12": [result("BGT601/bad_file", "0.115.12"), result("BGT101/bad", "0.115.12")],
        "0.118.0": [
            result("BGT601/bad_file", "0.118.0", CLOSED, as_marked=False),
            result("BGT101/bad", "0.118.0", "TypeError: a | b"),
        ],
    }
    file = tmp_path / "record.json"
    record.write(found, file)
    known = record.read(file)
    assert sorted(known) == ["BGT101/bad", "BGT601/bad_file"]
    for release, many in found.items():
        for one in many:
            again = known[one.case][release]
            assert (again.kind, again.error) == (one.kind, one.error)
