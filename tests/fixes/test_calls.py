"""Edits of calls, in every layout that people write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.document import CannotEditError
from flake8_bgtasks.fixes.edits import (
    ArgumentSource,
    PassArgument,
    RemoveArgument,
    ReplaceArgument,
    Source,
)
from tests.fixes.helpers import at, edited

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit

PASSED = {
    "f()": "f(x)",
    "f(a)": "f(a, x)",
    "f(a,b)": "f(a,b, x)",
    "f(a, b,)": "f(a, b, x,)",
    "f(a, k=1)": "f(a, x, k=1)",
    "f(k=1)": "f(x, k=1)",
    "f(a, **kw)": "f(a, x, **kw)",
    "f(n for n in ns)": "f((n for n in ns), x)",
    "f((n for n in ns))": "f((n for n in ns), x)",
    "(f)(a)": "(f)(a, x)",
    "f(\n    a,\n    b,\n)": "f(\n    a,\n    b,\n    x,\n)",
    "f(\n    a, b\n)": "f(\n    a, b, x\n)",
    "f(a,\n  b)": "f(a,\n  b,\n  x)",
    "f(\n    a,  # one\n    b  # two\n)": "f(\n    a,  # one\n    b,  # two\n    x\n)",
    "f(a, {\n    1: 2,\n})": "f(a, {\n    1: 2,\n}, x)",
}
BY_KEYWORD = {
    "f()": "f(k=x)",
    "f(a, b=1)": "f(a, b=1, k=x)",
    "f(a, b=1, **kw)": "f(a, b=1, k=x, **kw)",
    "f(\n    a,\n    b=1,\n)": "f(\n    a,\n    b=1,\n    k=x,\n)",
}
REMOVED = {
    ("f(a)", 0): "f()",
    ("f(a, b)", 0): "f(b)",
    ("f(a, b)", 1): "f(a)",
    ("f(a, k=b, **c)", 1): "f(a, **c)",
    ("f(a,\n  b,\n  c)", 1): "f(a,\n  c)",
    ("f(\n    a,\n    b,  # gone\n    c,\n)", 1): "f(\n    a,\n    c,\n)",
    ("f(\n    a,\n    b,\n)", 1): "f(\n    a,\n)",
}


@pytest.mark.parametrize(("source", "expected"), PASSED.items(), ids=repr)
def test_pass_by_position(source: str, expected: str) -> None:
    assert edited(source, PassArgument(at(source, source), ("x",))) == expected


@pytest.mark.parametrize(("source", "expected"), BY_KEYWORD.items(), ids=repr)
def test_pass_by_keyword(source: str, expected: str) -> None:
    assert edited(source, PassArgument(at(source, source), ("x",), "k")) == expected


def test_pass_at_a_position() -> None:
    source = "f(a, b)"
    assert edited(source, PassArgument(at(source, source), ("x",), index=0)) == "f(x, a, b)"


@pytest.mark.parametrize(("call", "expected"), REMOVED.items(), ids=repr)
def test_remove(call: tuple[str, int], expected: str) -> None:
    source, index = call
    assert edited(source, RemoveArgument(at(source, source), index)) == expected


def test_replace_keeps_keyword_and_parentheses_go() -> None:
    source = "f(a, k=(b))"
    assert edited(source, ReplaceArgument(at(source, source), 1, ("x",))) == "f(a, k=x)"


def test_remove_and_pass() -> None:
    source = "f(a, b)"
    call = at(source, source)
    edits: list[Edit] = [
        RemoveArgument(call, 0),
        RemoveArgument(call, 1),
        PassArgument(call, ("x",)),
    ]
    assert edited(source, *edits) == "f(x)"
    assert edited(source, RemoveArgument(call, 1), PassArgument(call, ("x",))) == "f(a, x)"


def test_calls_within_each_other_and_in_chains() -> None:
    source = "f(g(a), b)(c)\n"
    inner = PassArgument(at(source, "g(a)"), ("x",))
    outer = PassArgument(at(source, "f(g(a), b)"), ("y",))
    last = PassArgument(at(source, "f(g(a), b)(c)"), ("z",))
    assert edited(source, inner, outer, last) == "f(g(a, x), b, y)(c, z)\n"


def test_code_is_copied() -> None:
    source = "f(g(1), *args)\nh()\n"
    call = at(source, "f(g(1), *args)")
    value = ("p(", ArgumentSource(call, 0), ", ", Source(at(source, "g(1)")), ")")
    assert edited(source, PassArgument(at(source, "h()"), value)) == (
        "f(g(1), *args)\nh(p(g(1), g(1)))\n"
    )


def test_code_that_is_copied_may_not_change() -> None:
    source = "f(g(1))\nh()\n"
    copy = PassArgument(at(source, "h()"), (Source(at(source, "g(1)")),))
    with pytest.raises(CannotEditError, match="two changes of the same code"):
        edited(source, copy, PassArgument(at(source, "g(1)"), ("x",)))


def test_what_is_no_call_is_refused() -> None:
    source = "f(a)\n"
    with pytest.raises(CannotEditError, match=r"shop/app\.py:1:1 is no Call"):
        edited(source, PassArgument(at(source, "f"), ("x",)))
    with pytest.raises(CannotEditError, match="no argument 3"):
        edited(source, RemoveArgument(at(source, "f(a)"), 3))
