"""Bodies of functions are found by their indentation as `ast` finds them."""

from __future__ import annotations

import ast
import re
from textwrap import dedent

import pytest

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.bodies import Method, excerpt, function_bodies, methods

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ODD = '''\
@first(
    1,
)
class Odd(
    Base, metaclass=Meta,
):
    """A docstring
with a line
    def not_a_method(self):
        in it
    """

    field: int = 1; other = 2

    @decorated
    # a comment
    @decorated_again(
        "(",
    )
    def decorated(
        self, argument=lambda: {"a": [1]},
    ) -> "dict[str, int]":  # a comment with a colon:

        # a comment
        text = """
in the first column
    def not_a_method(self):
"""
# a comment in the first column
        return text.format(
            1,
        );

    async def asynchronous(self):
        await something(); \\
            await another()
        async with a, \\
                b:
            def inner():
                yield 1
            pass  # the end

    def short(self): return [1]

    if condition:
        def conditional(self):
            a = 1
            b = 2
            c = 3
            return a + b + c

    class Inner:
        def method_of_another(self):
            a = 1
            b = 2
            c = 3
            return a + b + c

    def last(self):
        'é' if "ü" else 'ö'
        a = 1
        b = 2
        return "é" + "ü"  # ü

# behind it
'''


def test_methods_are_those_of_ast() -> None:
    lines = _lines(ODD)
    (cls,) = ast.parse(ODD).body
    assert isinstance(cls, ast.ClassDef)
    functions = [node for node in cls.body if isinstance(node, FUNCTIONS)]
    expected = [
        Method(f.name, min([f.lineno, *(d.lineno for d in f.decorator_list)]), f.end_lineno or 0)
        for f in functions
    ]
    assert methods(lines, 1, len(lines)) == tuple(expected)
    assert [method.name for method in expected] == ["decorated", "asynchronous", "short", "last"]


def test_bodies_end_where_those_of_ast_end() -> None:
    lines = _lines(ODD)
    found = (node for node in ast.walk(ast.parse(ODD)) if isinstance(node, FUNCTIONS))
    functions = {node.lineno: node for node in found}
    bodies = function_bodies(lines, 1, len(lines))
    assert [functions[body.top].name for body in bodies] == ["decorated", "asynchronous", "last"]
    for body in bodies:
        function = functions[body.top]
        text = lines[body.last - 1].encode()[: function.end_col_offset].decode()
        assert (body.last, body.end) == (function.end_lineno, len(text) + 1)
        assert body.first <= function.body[0].lineno
    assert [body.yields for body in bodies] == [False, True, False]


def test_an_excerpt_tells_where_its_code_stands_in_the_file() -> None:
    source = "a = 1\n\ndef f(x):\n    b = 1\n    c = 2\n    d = 3\n    return b + c\n"
    lines = _lines(source)
    found = excerpt(lines, 3, 7, function_bodies(lines, 3, 7))
    assert "".join(found.lines) == "def f(x):\n ...\n"
    assert found.in_file(Span(1, 1, 2, 5)) == Span(3, 1, 7, 17)
    assert found.in_file(Span(1, 7, 1, 8)) == Span(3, 7, 3, 8)


@pytest.mark.parametrize(
    "body",
    [
        "pass\n'''\ntext\n'''\n...\n",
        "raise NotImplementedError(\n    'a',\n    f'b',\n)\n",
        "'a'\n'b'\n'c'\nraise NotImplementedError\n",
    ],
)
def test_what_may_be_a_stub_is_not_said_to_work(body: str) -> None:
    lines = _lines("def f():\n" + "".join(f"    {line}\n" for line in body.splitlines()))
    (found,) = function_bodies(lines, 1, len(lines))
    assert not found.works


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    a = (\n1,\n    )\n    b = 1\n    c = 1\n    return a\n",
        "def f():\r    a = 1\r    b = 1\r    c = 1\r    return a\r",
        "if a:\n    def f():\n        a = 1\n        b = 1\n        c = 1\n        return a\n",
        "def f(): return 1\n",
        "class A:\n    def f(self): return [\n        1,\n    ]\n",
        "a = 1\n",
        "# nothing\n",
    ],
)
def test_what_is_not_plain_is_left_alone(source: str) -> None:
    lines = _lines(source)
    assert function_bodies(lines, 1, len(lines)) == ()
    assert not methods(lines, 1, len(lines))


def _lines(source: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)", dedent(source))
