"""What the engine needs to know besides the source."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_TEST_PATTERNS = ("tests/", "test_*.py", "*_test.py", "conftest.py")


@dataclass(frozen=True)
class Settings:
    """Engine settings.

    `fastapi_version`: the release the linted project runs on, such as `"0.115.12"`; None =
    detected, else newest.
    `test_patterns`: glob patterns of test files; one that ends in `/` names a folder at any depth.
    """

    fastapi_version: str | None = None
    test_patterns: tuple[str, ...] = DEFAULT_TEST_PATTERNS
