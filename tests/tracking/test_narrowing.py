"""What tests tell the tracker of variables, and which code it does not read."""

from __future__ import annotations

import pytest

from tests.tracking.reading import read, reads

NARROWINGS = {
    "if a:": ("set(<a>)", "none(<a>)"),
    "if not a:": ("none(<a>)", "set(<a>)"),
    "if a is None:": ("none(<a>)", "set(<a>)"),
    "if a is not None:": ("set(<a>)", "none(<a>)"),
    "if a == None:": ("none(<a>)", "set(<a>)"),
    "if a and b:": ("set(<a>)", "<a>"),
    "if a or b:": ("<a>", "none(<a>)"),
    "if not (a or b):": ("none(<a>)", "<a>"),
    "if isinstance(a, Tasks):": ("set(<a>)", "<a>"),
    "if hasattr(a, 'add_task'):": ("set(<a>)", "<a>"),
    "if a.ready:": ("<a>", "<a>"),
    "if None is a:": ("none(<a>)", "set(<a>)"),
}


@pytest.mark.parametrize(("test", "expected"), NARROWINGS.items(), ids=NARROWINGS)
def test_tests_narrow(test: str, expected: tuple[str, str]) -> None:
    source = f"def f(a, b):\n  {test}\n    reveal(a)\n  else:\n    reveal(a)\n"
    assert tuple(reads(source)) == expected


def test_what_was_narrowed_on_both_ways_is_itself_again() -> None:
    source = """
        def f(a):
            if a is None:
                log()
            reveal(a)
    """
    assert read(source) == "<a>"


def test_an_early_return_narrows_the_rest() -> None:
    source = """
        def f(a):
            if a is None:
                return
            reveal(a)
    """
    assert read(source) == "set(<a>)"


def test_assert_narrows_the_rest() -> None:
    source = """
        def f(a):
            assert a is not None
            reveal(a)
    """
    assert read(source) == "set(<a>)"


def test_match_on_none_narrows() -> None:
    source = """
        def f(a):
            match a:
                case None:
                    reveal(a)
                case _:
                    reveal(a)
    """
    assert reads(source) == ["none(<a>)", "set(<a>)"]


def test_code_behind_a_return_is_not_read() -> None:
    assert reads("def f(a):\n    return a\n    reveal(a)\n") == []
