"""What the engine needs to know besides the source."""

from __future__ import annotations

DEFAULT_TEST_PATTERNS = ("tests/", "test_*.py", "*_test.py", "conftest.py")


class Settings:
    """Engine settings; a plain class, as importing `dataclasses` takes as long as a clean run.

    `fastapi_version`: the release the linted project runs on, such as `"0.115.12"`; None =
    detected, else newest.
    `test_patterns`: glob patterns of test files; one that ends in `/` names a folder at any depth.
    """

    def __init__(
        self,
        fastapi_version: str | None = None,
        test_patterns: tuple[str, ...] = DEFAULT_TEST_PATTERNS,
    ) -> None:
        """Keep what is given."""
        self.fastapi_version = fastapi_version
        self.test_patterns = test_patterns
