"""Regular expressions take time in proportion to what they read, whoever wrote it.

Each pattern of the package is tried on long repetitions of what stands in it. A quadratic one takes
seconds where a linear one takes some milliseconds.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

import flake8_bgtasks
from flake8_bgtasks.project.globs import translate

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 150_000
LIMIT = 1.5
"""Seconds of the processor; some milliseconds would be enough."""

ANCHORED = {
    *("fixes.commas._COMMENT", "fixes.plans.remarks._BESIDE", "fixes.supply.mentions._DOTTED"),
    *("fixes.wrapping._BREAK", "project.given._CLASS", "project.poetry.CLAUSE"),
    *("project.registering._ARGUMENT", "project.registering._ONLY_ARGUMENT"),
    *("project.bodies._CLASS", "project.bodies._FUNCTION", "project.bodies._INDENT"),
    *("project.requirements.FASTAPI", "project.requirements.INCLUDE", "project.globs.PIECE"),
}
"""These are only asked whether they match where a text begins."""

COMMON = ("a", "a.", " ", "\n", "\t", ".", "(", "[", '\\"""\n', '\\"\\\n', "'", '"', "import (\n")


@pytest.fixture(autouse=True)
def _no_collection_meanwhile() -> Iterator[None]:
    """Don't count the time of looking through what other tests have left."""
    gc.disable()
    yield
    gc.enable()


def patterns() -> dict[str, re.Pattern[Any]]:
    found = {}
    for module in pkgutil.walk_packages(flake8_bgtasks.__path__, "flake8_bgtasks."):
        if ".server" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                found[f"{module.name.partition('.')[2]}.{name}"] = value
    return found


PATTERNS = patterns()


@pytest.mark.parametrize("name", PATTERNS)
def test_they_are_linear(name: str) -> None:
    pattern = PATTERNS[name]
    for unit in units(pattern):
        text: Any = "class A(" + unit * (LENGTH // len(unit))
        if isinstance(pattern.pattern, bytes):
            text = text.encode()
        started = time.process_time()
        if name in ANCHORED:
            pattern.match(text)
            pattern.fullmatch(text[len("class A(") :])
        else:
            for _ in pattern.finditer(text):
                pass
        assert time.process_time() - started < LIMIT, unit


def units(pattern: re.Pattern[Any]) -> Iterator[str]:
    text = pattern.pattern
    text = text.decode() if isinstance(text, bytes) else text
    yield from COMMON
    for word in sorted({*re.findall(r"(?<!\\)[A-Za-z_]{2,}", text)}):
        yield from (
            word,
            f"{word} ",
            f"{word} a(",
            f"{word}(",
            f"{word}.",
            f"\n{word} ",
            f"({word}",
        )


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 60 + "*b", "a" * 250),
        ("?*" * 60 + "b", "a" * 250),
        ("**/a/" * 60 + "b", "a/" * 1000),
        ("**/*a*a/" * 20 + "*b*c", "aaaa/" * 500),
        ("[" * 50_000, "a"),
        ("**/" * 1_000 + "b", "a/" * 100),
    ],
)
def test_globs_take_no_time(glob: str, path: str) -> None:
    started = time.process_time()
    assert re.compile(translate(glob), re.DOTALL).fullmatch(path) is None
    assert time.process_time() - started < LIMIT


@pytest.mark.parametrize(
    ("glob", "found", "others"),
    [
        ("a*b*c", ("abc", "aXbbXcc", "abcbc"), ("abcb", "ab/c", "ac")),
        ("a/**/b/**/c", ("a/b/c", "a/x/b/y/z/c", "a/b/b/c"), ("a/c", "ab/c", "a/xb/c")),
        ("**/a*b/**/c*", ("axb/c", "x/ab/y/cd", "ab/ab/c"), ("ab/d", "a/b/c")),
        ("a/**", ("a/b", "a/b/c"), ("a", "b/a")),
        ("*[!a]?", ("bb", "xbc"), ("b", "a/b", "aaa/")),
    ],
)
def test_globs_match_what_git_says(
    glob: str, found: tuple[str, ...], others: tuple[str, ...]
) -> None:
    pattern = re.compile(translate(glob), re.DOTALL)
    assert [path for path in (*found, *others) if pattern.fullmatch(path)] == [*found]
