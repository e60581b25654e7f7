"""Removing, replacing and inserting statements."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flake8_bgtasks.fixes.edits import (
    InsertBefore,
    RemoveStatement,
    ReplaceExpression,
    ReplaceStatement,
)
from tests.fixes.helpers import at, edited

REMOVED = {
    "between others": (
        """
        def f():
            a()
            gone()
            b()
        """,
        """
        def f():
            a()
            b()
        """,
    ),
    "the only one of a block": (
        """
        def f():
            if a:
                gone()
            b()
        """,
        """
        def f():
            if a:
                pass
            b()
        """,
    ),
    "a docstring stays alone": (
        '''
        def f():
            """Why."""
            gone()
        ''',
        '''
        def f():
            """Why."""
        ''',
    ),
    "comments above and beside stay": (
        """
        def f():
            a()
            # above
            gone()  # beside
            # below
            b()
        """,
        """
        def f():
            a()
            # above
            # beside
            # below
            b()
        """,
    ),
    "comments to tools go": (
        """
        def f():
            a()
            gone()  # type: ignore[misc]
            b()
        """,
        """
        def f():
            a()
            b()
        """,
    ),
    "the blank line behind the first": (
        """
        def f():
            gone()

            b()
        """,
        """
        def f():
            b()
        """,
    ),
    "the blank line before the last": (
        """
        def f():
            a()

            gone()


        x = 1
        """,
        """
        def f():
            a()


        x = 1
        """,
    ),
    "one of two blank lines": (
        """
        def f():
            a()

            gone()

            b()
        """,
        """
        def f():
            a()

            b()
        """,
    ),
    "over several lines": (
        """
        def f():
            a()
            gone(
            )
            b()
        """,
        """
        def f():
            a()
            b()
        """,
    ),
    "first on a shared line": ("x = 1; gone(); y = 2\n", "x = 1; y = 2\n"),
    "last on a shared line": ("x = 1; gone()  # c\n", "x = 1  # c\n"),
    "in a block on one line": ("if x: gone()\n", "if x: pass\n"),
    "in a class on one line": ("class A: a = 1; gone()\n", "class A: a = 1\n"),
    "of a module": ("gone()\nx = 1\n", "x = 1\n"),
    "without a final newline": ("x = 1\ngone()", "x = 1\n"),
}


def test_neighbours_go_together() -> None:
    source = "def f():\n    a()\n\n    b()\n    c()\n\n    d()\n"
    edits = [RemoveStatement(at(source, code)) for code in ("b()", "c()")]
    assert edited(source, *edits) == "def f():\n    a()\n\n    d()\n"


def test_all_of_a_block_leave_one_pass() -> None:
    source = "def f():\n    a()\n    b()\nx = 1\n"
    edits = [RemoveStatement(at(source, code)) for code in ("a()", "b()")]
    assert edited(source, *edits) == "def f():\n    pass\nx = 1\n"


@pytest.mark.parametrize(("source", "expected"), REMOVED.values(), ids=REMOVED)
def test_remove(source: str, expected: str) -> None:
    start = dedent(source).index("gone(")
    code = dedent(source)[start : dedent(source).index(")", start) + 1]
    assert edited(source, RemoveStatement(at(source, code))) == dedent(expected)


def test_a_block_that_gets_another_statement_needs_no_pass() -> None:
    source = "def f():\n    a()\n"
    place = at(source, "a()")
    assert edited(source, RemoveStatement(place), InsertBefore(place, ("b()",))) == (
        "def f():\n    b()\n"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    {
        "def f():\n    # why\n    s()\n": "def f():\n    # why\n    x()\n    s()\n",
        "def f():\n\ts()": "def f():\n\tx()\n\ts()",
        "if a: s()\n": "if a:\n    x()\n    s()\n",
        "def f(): return s()\n": "def f(): return s()\n",
        "a(); s()\n": "a(); x(); s()\n",
        "if a:\n\tif b: s()\r\n": "if a:\n\tif b:\r\n\t\tx()\r\n\t\ts()\r\n",
    }.items(),
    ids=repr,
)
def test_insert(source: str, expected: str) -> None:
    if "return" in source:
        place, expected = at(source, "return s()"), "def f():\n    x()\n    return s()\n"
    else:
        place = at(source, "s()")
    assert edited(source, InsertBefore(place, ("x()",))) == expected


def test_insert_several_lines() -> None:
    source = "def f():\n    s()\n"
    assert edited(source, InsertBefore(at(source, "s()"), ("x()\ny()",))) == (
        "def f():\n    x()\n    y()\n    s()\n"
    )


def test_insert_before_a_decorated_function() -> None:
    source = "a = 1\n\n@dec\ndef f():\n    pass\n"
    assert edited(source, InsertBefore(at(source, "def f():\n    pass"), ("x()",))) == (
        "a = 1\n\nx()\n@dec\ndef f():\n    pass\n"
    )


def test_replace() -> None:
    source = "def f():\n    return g(a)  # c\n"
    statement = ReplaceStatement(at(source, "return g(a)"), ("return 1",))
    assert edited(source, statement) == "def f():\n    return 1  # c\n"
    expression = ReplaceExpression(at(source, "g(a)"), ("h",))
    assert edited(source, expression) == "def f():\n    return h  # c\n"
