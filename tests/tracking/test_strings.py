"""The values of string literals are those that Python gives them."""

from __future__ import annotations

import ast

import libcst as cst
import pytest

from flake8_bgtasks.tracking.strings import value_of


@pytest.mark.parametrize(
    "text",
    [
        *("''", '""', "'a'", '"it\'s"', '""""""', "''''''", "'''a\nb'''", '""" "a" """'),
        *("'a\\n'", '"""a\\\nb"""', "r'a\\n'", "u'a'", "b'a'", "rb'\\x00'", "'\\N{BULLET}'"),
        *("'''a\r\nb'''", "'a' 'b'", "'a' 'b\\n'", "b'a' b'b'", "'é日本'"),
    ],
)
def test_values_are_those_of_python(text: str) -> None:
    node = cst.parse_expression(text)
    assert isinstance(node, cst.SimpleString | cst.ConcatenatedString)
    assert value_of(node) == ast.literal_eval(text)


def test_the_value_of_a_formatted_string_is_not_known() -> None:
    node = cst.parse_expression("'a' f'{b}'")
    assert isinstance(node, cst.ConcatenatedString)
    assert value_of(node) is None
