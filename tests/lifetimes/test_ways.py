"""Blocks of a function's code."""

from __future__ import annotations

from flake8_bgtasks.findings import Span
from flake8_bgtasks.lifetimes.ways import handler_blocks, managed_blocks, sure_ranges
from flake8_bgtasks.tracking.steps import Attempt, Do, Fork, Handler, Leave, Loop, Managed, extent

ELSE = Leave("return", 5, 7, None, Span(1, 1, 1, 7))
FIRST, THEN, LAST = Do(0, 2), Do(2, 5), Do(7, 9)


def test_extent_spans_the_blocks_inside() -> None:
    assert extent((FIRST, Fork(((THEN,), (ELSE,))), LAST)) == (0, 9)
    assert extent((Fork(((), (ELSE,))),)) == (5, 7)
    assert extent(()) == (0, 0)


def test_with_blocks_are_found_at_any_depth() -> None:
    block = (FIRST, Loop((Managed((1, 2), (THEN, Managed((4,), (LAST,)))),), (), endless=False))
    assert list(managed_blocks(block)) == [((1, 2), 2, 9), ((4,), 7, 9)]


def test_handlers_are_apart_from_the_rest() -> None:
    block = (Attempt((FIRST,), (Handler(None, (THEN,)),), (), (LAST,)),)
    assert list(handler_blocks(block)) == [(2, 5)]


def test_what_is_surely_evaluated() -> None:
    branches = Fork(((THEN,), ()))
    assert list(sure_ranges((FIRST, branches, LAST))) == [(0, 2), (7, 9)]
    assert list(sure_ranges((Managed((1,), (THEN,)),))) == [(2, 5)]
    attempt = Attempt((FIRST,), (Handler(None, (THEN,)),), (), (LAST,))
    assert list(sure_ranges((Fork(((attempt,), ())),))) == [(7, 9)]
