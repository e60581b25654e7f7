"""Regular expressions take time in proportion to what they read, whoever wrote it.

Each pattern of the package is tried on long repetitions of what stands in it. A quadratic one takes
seconds where a linear one takes some milliseconds.
"""

from __future__ import annotations

import ast
import gc
import importlib
import pkgutil
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import flake8_bgtasks
from flake8_bgtasks.project.exclude import Exclude
from flake8_bgtasks.project.globs import translate

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 150_000
LIMIT = 1.5
"""Seconds of the processor; some milliseconds would be enough."""

ANCHORED = {
    *("fixes.commas._COMMENT", "fixes.plans.remarks._BESIDE", "fixes.supply.syntax._DOTTED"),
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


@pytest.mark.parametrize(
    "pattern", ["*a" * 60 + "*b", "?*" * 60 + "/b", "[" * 5_000, "[a-" * 5_000]
)
def test_excluding_takes_no_time(pattern: str) -> None:
    started = time.process_time()
    assert not Exclude((pattern,), "/").matches("/" + "a" * 250)
    assert time.process_time() - started < LIMIT


# Those that no module keeps: written where they are used, or made while the tool runs.

FROM_ELSEWHERE = {
    "cache/overlooking.py": "the patterns of a record, which are all others here",
    "project/exclude.py": "fnmatch's, tried in test_excluding_takes_no_time",
    "project/gitignore.py": "translated globs",
    "project/globs.py": "translated globs",
    "tracking/late_raises.py": "the same in bytes",
}
MATCHED = {"fixes/document.py"}
"""What is compiled there in a function is only asked whether it matches where a text begins."""
NAME = "tasks"
"""Stands for the names that patterns are made with."""


FUNCTIONS = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}


class Written(NamedTuple):
    """A call of `re`, and the pattern that it gets, None where that is no text in the code."""

    place: str
    function: str
    pattern: str | bytes | None
    flags: int


def written() -> Iterator[Written]:
    """Yield those in functions: what modules keep is tried above."""
    folder = Path(flake8_bgtasks.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(folder).as_posix()
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        calls = {node for function in inner for node in ast.walk(function)}
        assigned = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in calls:
            match node:
                case ast.Call(func=ast.Attribute(ast.Name("re"), name)) if name in FUNCTIONS:
                    flags = re.MULTILINE if "MULTILINE" in ast.unparse(node) else 0
                    yield Written(place, name, _text(node.args[0], assigned), flags)


def _text(node: ast.expr, texts: dict[str, ast.expr]) -> str | bytes | None:
    """Return the text of a pattern, with `NAME` for what is filled in."""
    match node:
        case ast.Constant(str() | bytes() as text):
            return text
        case ast.JoinedStr(values):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else NAME for v in values)
        case ast.BinOp(left, ast.Add(), right):
            first, second = _text(left, texts), _text(right, texts)
            kept = [part for part in (first, second) if part is not None]
            is_bytes = any(isinstance(part, bytes) for part in kept)
            filler: Any = NAME.encode() if is_bytes else NAME
            parts: list[Any] = [filler if part is None else part for part in (first, second)]
            return parts[0] + parts[1] if kept else None
        case ast.Name(name) if name in texts:
            return _text(texts[name], texts)
        case ast.Call(func=ast.Attribute(value=inner, attr="encode")):
            return _text(inner, texts)
    return None


WRITTEN = sorted(set(written()), key=repr)


@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: f"{one.place}-{one.function}")
def test_those_in_the_code_are_linear(one: Written) -> None:
    if one.pattern is None:
        assert one.place in FROM_ELSEWHERE
        return
    pattern = re.compile(one.pattern, one.flags)
    for unit in (*units(pattern), f"{NAME} ", f"{NAME}.", f".{NAME}", f"\n{NAME}\t", "##", "##a"):
        text: Any = f"{unit * (LENGTH // len(unit))}"
        if isinstance(one.pattern, bytes):
            text = text.encode()
        started = time.process_time()
        if one.function in ("match", "fullmatch") or one.place in MATCHED:
            pattern.match(text)
        else:
            for _ in pattern.finditer(text):
                pass
        assert time.process_time() - started < LIMIT, unit


def test_the_page_has_one_that_is_linear() -> None:
    script = Path(flake8_bgtasks.__file__).parent / "web" / "page.js"
    text = script.read_text(encoding="utf-8")
    assert re.findall(r"/((?:\\.|[^/\n*\\])+)/[a-z]*[.,)]", text) == [r"\s+"]
    assert "RegExp" not in text
