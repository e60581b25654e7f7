"""The lines that a `# noqa` counts for: flake8 decides, on no more lines than it takes."""

from __future__ import annotations

import pytest
from flake8.processor import FileProcessor

from flake8_bgtasks import sources
from flake8_bgtasks.sources import Source
from tests.fixture_cases import all_cases

TEXT = '''\
"""A module.  # noqa: A
"""
import os  # noqa: B

# noqa: between
x = 1 + \\
    2  # noqa: C
@decorated  # noqa: D
def f(a, b):
    """First.

    last"""; tasks = 1  # noqa: E
    return f(
        a,  # noqa: F
        """b
        """,  # noqa: G
    )


class A:
    y = "no" \\
        "noqa"


def g(): pass
'''


def whole(text: str) -> list[str]:
    """Return what flake8 takes for each line of a file."""
    lines = text.splitlines(keepends=True)
    processor = FileProcessor("", sources._PROCESSOR_OPTIONS, lines=lines)
    return [processor.noqa_line_for(n + 1) or line.rstrip("\n") for n, line in enumerate(lines)]


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("def g(): pass", "def g(: pass")])
def test_comments_count_for_the_lines_that_flake8_says(text: str) -> None:
    source = Source(text.encode())
    found = [source.noqa_text(number + 1) for number in range(len(source.lines))]
    assert found == whole(text)


def test_only_the_statement_of_a_line_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    made = sources._processor

    def noted(lines: list[str]) -> FileProcessor | None:
        read.append(len(lines))
        return made(lines)

    monkeypatch.setattr(sources, "_processor", noted)
    text = TEXT.replace("\\\n", "")
    source = Source(text.encode())
    assert source.noqa_text(7) == "@decorated  # noqa: D\n"
    assert read == [10]


@pytest.mark.parametrize("case", [*all_cases()][::40], ids=str)
def test_fixtures_are_read_as_flake8_reads_them(case: object) -> None:
    for path in case.folder.rglob("*.py"):  # type: ignore[attr-defined]
        text = "".join(f"{line}  # noqa\n" for line in path.read_text().splitlines())
        source = Source(text.encode())
        found = [source.noqa_text(number + 1) for number in range(len(source.lines))]
        assert found == whole(text)
