"""What a variable stands for where it is read."""

from __future__ import annotations

import pytest

from tests.tracking.reading import read

CASES = {
    "a branch that always ends does not arrive": (
        """
        def f(a):
            if test():
                a = first()
                return a
            reveal(a)
        """,
        "<a>",
    ),
    "both branches arrive": (
        """
        def f():
            if test():
                a = first()
            else:
                a = second()
            reveal(a)
        """,
        "first() | second()",
    ),
    "an else-less branch arrives beside what was before": (
        """
        def f(a):
            if test():
                a = first()
            reveal(a)
        """,
        "first() | <a>",
    ),
    "elif": (
        """
        def f():
            if one():
                a = first()
            elif two():
                raise ValueError
            else:
                a = second()
            reveal(a)
        """,
        "first() | second()",
    ),
    "TYPE_CHECKING is never true, but its imports bind": (
        """
        def f():
            if TYPE_CHECKING:
                from lib import a
            reveal(a)
        """,
        "lib.a",
    ),
    "a dead branch assigns nothing": (
        """
        def f(a):
            if False:
                a = first()
            reveal(a)
        """,
        "<a>",
    ),
    "a for loop may run no time": (
        """
        def f(a, items):
            for item in items:
                a = first()
            reveal(a)
        """,
        "<a> | first()",
    ),
    "inside a loop the last round counts": (
        """
        def f(a, items):
            for item in items:
                reveal(a)
                a = first()
        """,
        "<a> | first()",
    ),
    "continue carries its value to the next round": (
        """
        def f(a, items):
            for item in items:
                reveal(a)
                if item:
                    a = first()
                    continue
                a = second()
        """,
        "<a> | second() | first()",
    ),
    "break leaves an endless loop": (
        """
        def f(a):
            while True:
                if test():
                    a = first()
                    break
                a = second()
            reveal(a)
        """,
        "first()",
    ),
    "the loop variable is an element": (
        """
        def f(items):
            for a in items:
                reveal(a)
        """,
        "<items>[*]",
    ),
    "a handler sees what was before, and what was bound": (
        """
        def f(a):
            try:
                a = first()
                a = second()
            except ValueError:
                reveal(a)
        """,
        "<a> | first() | second()",
    ),
    "behind a try without failure": (
        """
        def f(a):
            try:
                a = first()
            except ValueError:
                raise
            reveal(a)
        """,
        "first()",
    ),
    "else of a try": (
        """
        def f(a):
            try:
                a = first()
            except ValueError:
                a = second()
            else:
                reveal(a)
        """,
        "first()",
    ),
    "finally runs after everything": (
        """
        def f(a):
            try:
                a = first()
            finally:
                reveal(a)
        """,
        "first() | <a>",
    ),
    "with": (
        """
        def f():
            with opened() as a:
                reveal(a)
        """,
        "entered opened()",
    ),
    "async with": (
        """
        async def f():
            async with opened() as (a, b):
                reveal(b)
        """,
        "entered opened()[1]",
    ),
    "a capture of match is the subject": (
        """
        def f(subject):
            match subject:
                case Point() as a:
                    reveal(a)
        """,
        "<subject>",
    ),
    "a capture inside a pattern is an element": (
        """
        def f(subject):
            match subject:
                case [a, *rest]:
                    reveal(a)
        """,
        "<subject>[*]",
    ),
    "cases join": (
        """
        def f(a, subject):
            match subject:
                case 1:
                    a = first()
                case 2:
                    a = second()
            reveal(a)
        """,
        "first() | second() | <a>",
    ),
    "a case for everything leaves no way around": (
        """
        def f(a, subject):
            match subject:
                case 1:
                    a = first()
                case _:
                    a = second()
            reveal(a)
        """,
        "first() | second()",
    ),
    "walrus": (
        """
        def f():
            if (a := first()) and test():
                reveal(a)
        """,
        "set(first())",
    ),
    "unpacking a display takes it apart": (
        """
        def f():
            a, b = first(), second()
            reveal(b)
        """,
        "second()",
    ),
    "unpacking anything else gives elements": (
        """
        def f():
            (a, (b, c)) = made()
            reveal(c)
        """,
        "made()[1][1]",
    ),
    "a star makes the index unknown": (
        """
        def f():
            a, *b, c = made()
            reveal(c)
        """,
        "made()[*]",
    ),
    "swapping": (
        """
        def f(a, b):
            a, b = b, a
            reveal(a)
        """,
        "<b>",
    ),
    "several targets": (
        """
        def f():
            a = b = first()
            reveal(a)
        """,
        "first()",
    ),
    "a comprehension has its own variable": (
        """
        def f(a, items):
            found = [a for a in items]
            reveal(a)
        """,
        "<a>",
    ),
    "inside a comprehension": (
        """
        def f(items):
            found = [reveal(a) for row in items for a in row]
        """,
        "<items>[*][*]",
    ),
    "del": (
        """
        def f(a):
            del a
            reveal(a)
        """,
        "a",
    ),
    "an inner function reads a free name": (
        """
        def f(a):
            def g():
                reveal(a)
        """,
        "a",
    ),
    "a conditional expression": (
        """
        def f(a):
            b = a if a else first()
            reveal(b)
        """,
        "set(<a>) | first()",
    ),
    "or": (
        """
        def f(a):
            b = a or first()
            reveal(b)
        """,
        "<a> or first()",
    ),
    "an annotated assignment": (
        """
        def f():
            a: int = first()
            reveal(a)
        """,
        "declared first()",
    ),
    "an augmented assignment": (
        """
        def f(a):
            a += first()
            reveal(a)
        """,
        "opaque",
    ),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES)
def test_variable_stands_for(source: str, expected: str) -> None:
    assert read(source) == expected
