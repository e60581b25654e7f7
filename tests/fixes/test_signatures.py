"""Edits of signatures, in every layout that people write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.document import CannotEditError
from flake8_bgtasks.fixes.edits import (
    AddParameter,
    MoveParameter,
    Position,
    RemoveParameter,
    RenameParameter,
    ReplaceAnnotation,
    ReplaceDefault,
)
from tests.fixes.helpers import at, edited

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit

ADDED = {
    "def f(): pass": "def f(x: T): pass",
    "def f( ): pass": "def f(x: T ): pass",
    "def f(a): pass": "def f(a, x: T): pass",
    "def f(a,b): pass": "def f(a,b, x: T): pass",
    "def f(a, b,): pass": "def f(a, b, x: T,): pass",
    "def f(a, b=1): pass": "def f(a, x: T, b=1): pass",
    "def f(a,b=1): pass": "def f(a,x: T,b=1): pass",
    "def f(b=1): pass": "def f(x: T, b=1): pass",
    "def f(a, /, b=1): pass": "def f(a, /, x: T, b=1): pass",
    "def f(self, *args, **kw): pass": "def f(self, x: T, *args, **kw): pass",
    "def f(a, *, b): pass": "def f(a, x: T, *, b): pass",
    "def f(**kw): pass": "def f(x: T, **kw): pass",
    "async def f(a: int = (1)) -> None: pass": "async def f(x: T, a: int = (1)) -> None: pass",
    "def f(\n    a: int,\n    b: int,\n): pass": (
        "def f(\n    a: int,\n    b: int,\n    x: T,\n): pass"
    ),
    "def f(\n    a: int,\n    b: int\n): pass": (
        "def f(\n    a: int,\n    b: int,\n    x: T\n): pass"
    ),
    "def f(\n    a: int,  # first\n    b: int,  # last\n): pass": (
        "def f(\n    a: int,  # first\n    b: int,  # last\n    x: T,\n): pass"
    ),
    "def f(\n    a: int,\n    b: int  # last\n): pass": (
        "def f(\n    a: int,\n    b: int,  # last\n    x: T\n): pass"
    ),
    "def f(\n    a: int, b: int\n): pass": "def f(\n    a: int, b: int, x: T\n): pass",
    "def f(\n    a: int\n): pass": "def f(\n    a: int, x: T\n): pass",
    "def f(\n    a: int,\n): pass": "def f(\n    a: int,\n    x: T,\n): pass",
    "def f(a: int,\n      b: int): pass": "def f(a: int,\n      b: int,\n      x: T): pass",
    "def f(\n    # about a\n    a: int = 1,\n): pass": (
        "def f(\n    # about a\n    x: T,\n    a: int = 1,\n): pass"
    ),
    "def f(\n\ta,\n\tb,\n): pass": "def f(\n\ta,\n\tb,\n\tx: T,\n): pass",
    "@dec(1, 2)\ndef f(a): pass": "@dec(1, 2)\ndef f(a, x: T): pass",
}
KEYWORD_ONLY = {
    "def f(): pass": "def f(*, x: T): pass",
    "def f(a, b=1): pass": "def f(a, b=1, *, x: T): pass",
    "def f(a, *, b): pass": "def f(a, *, b, x: T): pass",
    "def f(a, *args): pass": "def f(a, *args, x: T): pass",
    "def f(a, *, b, **kw): pass": "def f(a, *, b, x: T, **kw): pass",
    "def f(a=1, **kw): pass": "def f(a=1, *, x: T, **kw): pass",
    "def f(\n    a=1,\n    b=2,\n): pass": (
        "def f(\n    a=1,\n    b=2,\n    *,\n    x: T,\n): pass"
    ),
    "def f(\n    a=1,  # one\n): pass": "def f(\n    a=1,  # one\n    *,\n    x: T,\n): pass",
}


def add(source: str, position: Position) -> str:
    function = at(source, source[source.index("async def" if "async" in source else "def") :])
    return edited(source, AddParameter(function, "x", ("T",), position))


@pytest.mark.parametrize(("source", "expected"), ADDED.items(), ids=repr)
def test_add_positional(source: str, expected: str) -> None:
    assert add(source, "positional") == expected


@pytest.mark.parametrize(("source", "expected"), KEYWORD_ONLY.items(), ids=repr)
def test_add_keyword_only(source: str, expected: str) -> None:
    assert add(source, "keyword_only") == expected


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is newer")
def test_add_beside_type_parameters() -> None:
    assert add("def f[S: (int, str)](a: S): pass", "positional") == (
        "def f[S: (int, str)](a: S, x: T): pass"
    )


def test_two_keyword_only_parameters_share_the_star() -> None:
    source = "def f(a=1): pass\n"
    function = at(source, "def f(a=1): pass")
    edits = [AddParameter(function, name, ("T",), "keyword_only") for name in ("x", "y")]
    assert edited(source, *edits) == "def f(a=1, *, x: T, y: T): pass\n"


def test_add_with_default() -> None:
    source = "def f(a, b=1): pass\n"
    edit = AddParameter(at(source, "def f(a, b=1): pass"), "x", ("T",), default=("None",))
    assert edited(source, edit) == "def f(a, b=1, x: T = None): pass\n"


def test_a_name_that_is_taken_is_refused() -> None:
    source = "def f(x): pass\n"
    with pytest.raises(CannotEditError, match="a parameter 'x' already"):
        edited(source, AddParameter(at(source, "def f(x): pass"), "x", ("T",)))


@pytest.mark.parametrize(
    ("source", "expected"),
    {
        "def f(x): pass": "def f(): pass",
        "def f(a, x): pass": "def f(a): pass",
        "def f(x, a): pass": "def f(a): pass",
        "def f(a, x, b): pass": "def f(a, b): pass",
        "def f(a, x,): pass": "def f(a,): pass",
        "def f(a, *, x): pass": "def f(a): pass",
        "def f(a, *, x, b): pass": "def f(a, *, b): pass",
        "def f(\n    a,\n    x,  # the tasks\n    b,\n): pass": "def f(\n    a,\n    b,\n): pass",
        "def f(\n    x,  # the tasks\n    b,\n): pass": "def f(\n    b,\n): pass",
        "def f(  # why\n    x,\n    b,\n): pass": "def f(  # why\n    b,\n): pass",
        "def f(\n    a,\n    x\n): pass": "def f(\n    a\n): pass",
    }.items(),
    ids=repr,
)
def test_remove(source: str, expected: str) -> None:
    assert edited(source, RemoveParameter(at(source, source), "x")) == expected


@pytest.mark.parametrize(
    ("source", "position", "expected"),
    [
        ("def f(a=1, x: T=None): pass", "positional", "def f(x: T, a=1): pass"),
        ("def f(a, b=1, x: T=None): pass", "positional", "def f(a, x: T, b=1): pass"),
        ("def f(a, x: T=None, b=2): pass", "keyword_only", "def f(a, b=2, *, x: T): pass"),
        ("def f(a=1, *, x: T=None): pass", "positional", "def f(x: T, a=1): pass"),
        (
            "def f(\n    a=1,\n    x: T=None,  # tasks\n): pass",
            "positional",
            "def f(\n    x: T,\n    a=1,\n): pass",
        ),
    ],
)
def test_move_without_default(source: str, position: Position, expected: str) -> None:
    function = at(source, source)
    edits: list[Edit] = [
        MoveParameter(function, "x", position),
        ReplaceDefault(function, "x", None),
    ]
    assert edited(source, *edits) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    {
        "def f(x): pass": "def f(x: T): pass",
        "def f(x=1): pass": "def f(x: T = 1): pass",
        "def f(x = 1): pass": "def f(x: T = 1): pass",
        "def f(x: int=1): pass": "def f(x: T=1): pass",
        "def f(x: (int)): pass": "def f(x: T): pass",
        "def f(x: 'int', y): pass": "def f(x: T, y): pass",
        "def f(*, x: Optional[int] = None): pass": "def f(*, x: T = None): pass",
    }.items(),
    ids=repr,
)
def test_annotate(source: str, expected: str) -> None:
    assert edited(source, ReplaceAnnotation(at(source, source), "x", ("T",))) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    {
        "def f(x=1): pass": "def f(x): pass",
        "def f(x: T = (1), *, y): pass": "def f(x: T, *, y): pass",
        "def f(x: (T) = 1): pass": "def f(x: (T)): pass",
    }.items(),
    ids=repr,
)
def test_remove_default(source: str, expected: str) -> None:
    assert edited(source, ReplaceDefault(at(source, source), "x", None)) == expected


def test_give_default() -> None:
    source = "def f(x, y: int, z: int = 1): pass"
    function = at(source, source)
    edits = [ReplaceDefault(function, name, ("None",)) for name in "xyz"]
    assert edited(source, *edits) == "def f(x=None, y: int = None, z: int = None): pass"


def test_stars_go() -> None:
    source = "def f(*x: T): pass"
    assert edited(source, RenameParameter(at(source, source), "x", "x")) == "def f(x: T): pass"
