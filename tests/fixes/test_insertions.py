"""Statements behind others, and those that stand in a block of their own."""

from __future__ import annotations

import pytest

from flake8_bgtasks.fixes.document import CannotEditError
from flake8_bgtasks.fixes.edits import InsertBefore, InsertBehind
from tests.fixes.helpers import at, edited

BEHIND = {
    "on a line of its own": ("made = A()  # why\nb()\n", "made = A()  # why\nnew()\nb()\n"),
    "at the end of a file": ("if x:\n\tmade = A()", "if x:\n\tmade = A()\n\tnew()"),
    "over several lines": (
        "def f():\n    made = A(\n        1,\n    )\n",
        "def f():\n    made = A(\n        1,\n    )\n    new()\n",
    ),
    "with others on its line": ("made = A(); b()\n", "made = A(); new(); b()\n"),
    "in the line of an if": ("if x: made = A()\n", "if x: made = A(); new()\n"),
}


@pytest.mark.parametrize(("source", "expected"), BEHIND.values(), ids=BEHIND)
def test_behind(source: str, expected: str) -> None:
    statement = source[source.index("made") : source.index(")", source.index("A(")) + 1]
    assert edited(source, InsertBehind(at(source, statement), ("new()",))) == expected


BLOCK = ("if x:\n\tnew()",)


def test_a_block_before_a_statement() -> None:
    source = "def f():\n  return a()\n"
    expected = "def f():\n  if x:\n    new()\n  return a()\n"
    assert edited(source, InsertBefore(at(source, "return a()"), BLOCK)) == expected
    tabs = "def f():\n\treturn a()\n"
    expected = "def f():\n\tif x:\n\t\tnew()\n\treturn a()\n"
    assert edited(tabs, InsertBefore(at(tabs, "return a()"), BLOCK)) == expected
    short = "if y: return a()\n"
    expected = "if y:\n    if x:\n        new()\n    return a()\n"
    assert edited(short, InsertBefore(at(short, "return a()"), BLOCK)) == expected


@pytest.mark.parametrize("source", ["b(); return_a()\n", "if y: b(); return_a()\n"])
def test_no_block_within_a_line(source: str) -> None:
    with pytest.raises(CannotEditError, match="would have to stand on one line"):
        edited(source, InsertBefore(at(source, "return_a()"), BLOCK))
