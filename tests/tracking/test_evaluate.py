"""What expressions stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tracking.helpers import asked, program, revealed, words

if TYPE_CHECKING:
    from pathlib import Path

ONE_MODULE = {
    "a builtin": ("reveal(print)", {"builtins.print"}),
    "a library": ("import a.b\nreveal(a.b.c)", {"a.b.c"}),
    "an imported name": ("from a import b as c\nreveal(c)", {"a.b"}),
    "a function": ("def f(): ...\nreveal(f)", {"f"}),
    "what it returns": ("def f(): return None\nreveal(f())", {"None"}),
    "what an async one returns": ("async def f(): return C()\nclass C: ...\nreveal(f())", {"C()"}),
    "a declared result": ("def f() -> C: return g()\nclass C: ...\nreveal(f())", {"C()"}),
    "no return at all": ("def f(): g()\nreveal(f())", {"None"}),
    "an object": ("class C: ...\nreveal(C())", {"C()"}),
    "an object of a library": ("from a import C\nreveal(C())", {"a.C()"}),
    "a call of a library's function": ("from a import f\nreveal(f())", {"?"}),
    "branches": ("class C: ...\ndef f(x):\n  reveal(C() if x else None)", {"C()", "None"}),
    "an unannotated parameter": ("def f(x):\n  reveal(x)", {"?"}),
    "an annotated parameter": ("class C: ...\ndef f(x: C):\n  reveal(x)", {"C()"}),
    "an optional parameter": ("class C: ...\ndef f(x: C | None):\n  reveal(x)", {"C()", "None"}),
    "a narrowed one": ("class C: ...\ndef f(x: C | None):\n  if x: reveal(x)", {"C()"}),
    "Optional": (
        "from typing import Optional\nclass C: ...\ndef f(x: Optional[C]):\n  reveal(x)",
        {"C()", "None"},
    ),
    "Union": (
        "from typing import Union\nclass C: ...\nclass D: ...\ndef f(x: Union[C, D]):\n  reveal(x)",
        {"C()", "D()"},
    ),
    "a quoted annotation": ("class C: ...\ndef f(x: 'C'):\n  reveal(x)", {"C()"}),
    "Any": ("from typing import Any\ndef f(x: Any):\n  reveal(x)", {"?"}),
    "Annotated": (
        "from typing import Annotated\nclass C: ...\ndef f(x: Annotated[C, 1]):\n  reveal(x)",
        {"C()"},
    ),
    "an alias of Annotated": (
        "from typing import Annotated\nclass C: ...\nA = Annotated[C, 1]\n"
        "def f(x: A):\n  reveal(x)",
        {"C()"},
    ),
    "an alias of an alias": ("class C: ...\nA = C\nB = A\ndef f(x: B):\n  reveal(x)", {"C()"}),
    "a TypeAlias": (
        "from typing import TypeAlias\nclass C: ...\nA: TypeAlias = C\ndef f(x: A):\n  reveal(x)",
        {"C()"},
    ),
    "cast": ("from typing import cast\nclass C: ...\nreveal(cast(C, g()))", {"C()"}),
    "a variable with an annotation": ("class C: ...\nx: C = g()\nreveal(x)", {"C()"}),
    "partial": (
        "from functools import partial\ndef f(x): ...\nreveal(partial(f, 1))",
        {"partial f"},
    ),
    "a call of a partial": (
        "from functools import partial\ndef f(x) -> C: ...\nclass C: ...\nreveal(partial(f, 1)())",
        {"C()"},
    ),
    "a lambda": ("f = lambda: None\nreveal(f())", {"None"}),
    "a local function": ("def f():\n  def g(): ...\n  reveal(g)", {"f.g"}),
    "a closure": ("class C: ...\ndef f():\n  x = C()\n  def g():\n    reveal(x)", {"C()"}),
    "Depends": (
        "from fastapi import Depends\nclass C: ...\ndef g(): return C()\n"
        "def f(x=Depends(g)):\n  reveal(x)",
        {"C()"},
    ),
    "Depends that yields": (
        "from fastapi import Depends\nclass C: ...\ndef g():\n  yield C()\n"
        "def f(x=Depends(g)):\n  reveal(x)",
        {"C()"},
    ),
    "Depends in Annotated": (
        "from typing import Annotated, Any\nfrom fastapi import Depends\nclass C: ...\n"
        "def g() -> C: ...\ndef f(x: Annotated[Any, Depends(g)]):\n  reveal(x)",
        {"C()"},
    ),
    "Depends on a class": (
        "from fastapi import Depends\nclass C: ...\ndef f(x=Depends(C)):\n  reveal(x)",
        {"C()"},
    ),
    "a recursive function": ("def f(x):\n  return f(x) if x else None\nreveal(f(1))", {"None"}),
    "a chain as long as the data": (
        "class D: ...\nclass C:\n  def next(self): return D()\n"
        "def f(x):\n  return f(x).next() if x else C()\nreveal(f(1))",
        {"C()", "D()", "?"},
    ),
    "a function that wraps itself": (
        "from functools import partial\ndef f(x):\n  return partial(f(x), 1) if x else f\n"
        "reveal(f(1))",
        {"?"},
    ),
    "a function that only calls itself": ("def f():\n  return f()\nreveal(f())", {"?"}),
}


@pytest.mark.parametrize(("source", "expected"), ONE_MODULE.values(), ids=ONE_MODULE)
def test_expression_stands_for(source: str, expected: set[str], tmp_path: Path) -> None:
    assert revealed(tmp_path, source) == expected


CLASSES = """
    from dataclasses import dataclass
    from functools import cached_property

    from library import Model

    class Tasks: ...

    class Base:
        shared = Tasks()

        def __init__(self, tasks: Tasks, other):
            self.tasks = tasks
            self.made = Tasks()
            self.other = other

        def method(self): return None
        def inherited(self): return Tasks()
        @property
        def prop(self): return Tasks()
        @cached_property
        def cached(self) -> Tasks: ...
        @staticmethod
        def static(): ...
        @classmethod
        def make(cls): return cls(1, 2)
        def fluent(self): return self

    class Sub(Base):
        def method(self):
            return super().inherited()

    class Other(Base):
        def method(self): return 1

    @dataclass
    class Data:
        tasks: Tasks
        count: int = 0

    class Callable_:
        def __call__(self) -> Tasks: ...

    class Open(Model):
        def method(self): ...

    def given(base: Base, sub: Sub): reveal({})
"""

MEMBERS = {
    "Base(1, 2).tasks": {"Tasks()"},
    "Base(1, 2).made": {"Tasks()"},
    "Base(1, 2).other": {"?"},
    "Base(1, 2).nothing": {"?"},
    "Base.shared": {"Tasks()"},
    "Base(1, 2).shared": {"Tasks()"},
    "Base(1, 2).prop": {"Tasks()"},
    "Base(1, 2).cached": {"Tasks()"},
    "Base(1, 2).static": {"Base.static"},
    "Base(1, 2).method": {"Base(): Base.method"},
    "Base.method": {"Base.method"},
    "Base.make": {"Base: Base.make"},
    "Base(1, 2).make": {"Base: Base.make"},
    "Base(1, 2).fluent().made": {"Tasks()"},
    "Sub(1, 2).method": {"Sub(): Sub.method"},
    "Sub(1, 2).method()": {"Tasks()"},
    "Sub(1, 2).inherited": {"Sub(): Base.inherited"},
    "Sub(1, 2).tasks": {"Tasks()"},
    # What is only declared as the base may be any subclass.
    "base.method": {"Base(): Base.method", "Sub(): Sub.method", "Other(): Other.method"},
    "sub.method": {"Sub(): Sub.method"},
    "Data(1).tasks": {"Tasks()"},
    "Data(1).count": {"builtins.int()"},
    "Callable_()()": {"Tasks()"},
    "Open().method": {"Open(): Open.method"},
    "Open().other": {"library.Model().other"},
}


@pytest.mark.parametrize(("expression", "expected"), MEMBERS.items(), ids=MEMBERS)
def test_member_stands_for(expression: str, expected: set[str], tmp_path: Path) -> None:
    assert revealed(tmp_path, CLASSES.replace("{}", expression)) == expected


DECORATORS = """
    import functools
    from contextlib import asynccontextmanager
    from unknown import mystery
    app = mystery()

    def plain(f): return f
    def passing(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return f(*args, **kwargs)
        return wrapper
    def with_arguments(n):
        def decorate(f):
            def wrapper(*args, **kwargs): return f(*args, **kwargs)
            return wrapper
        return decorate
    def adding(f):
        def wrapper(*args, **kwargs): return f(1, *args, **kwargs)
        return wrapper
    def changing(f):
        def wrapper(*args, **kwargs):
            kwargs["tasks"] = 1
            return f(*args, **kwargs)
        return wrapper
    def merging(f):
        def wrapper(*args, **kwargs): return f(*args, **dict(kwargs, tasks=1))
        return wrapper
    def fixed(f):
        def wrapper(x): return f(x)
        return wrapper

    @{}
    def decorated(): ...
    reveal(decorated)
"""

KEPT = ["plain", "passing", "with_arguments(1)", "functools.lru_cache", "functools.lru_cache(1)"]
KEPT += ["asynccontextmanager", "app.get('/')", "app.on_event('startup')"]
UNKNOWN = [
    "adding",
    "changing",
    "merging",
    "fixed",
    "mystery",
    "mystery(1)",
    "app.command()",
    "undefined",
]


@pytest.mark.parametrize("decorator", KEPT)
def test_decorator_keeps_the_signature(decorator: str, tmp_path: Path) -> None:
    assert revealed(tmp_path, DECORATORS.replace("{}", decorator)) == {"decorated"}


@pytest.mark.parametrize("decorator", UNKNOWN)
def test_decorator_may_change_the_signature(decorator: str, tmp_path: Path) -> None:
    assert revealed(tmp_path, DECORATORS.replace("{}", decorator)) == {"?"}


MODULES = {
    "from pkg import f": ("f", {"f"}),
    "import pkg": ("pkg.f", {"f"}),
    "import pkg.deep": ("pkg.deep.f", {"f"}),
    "import pkg.deep as d": ("d.f", {"f"}),
    "from pkg import deep": ("deep.C().m", {"C(): C.m"}),
    "from pkg.deep import *": ("f", {"f"}),
    "from pkg.deep import missing": ("missing", {"?"}),
}


@pytest.mark.parametrize(("statement", "case"), MODULES.items(), ids=MODULES)
def test_names_over_modules(statement: str, case: tuple[str, set[str]], tmp_path: Path) -> None:
    expression, expected = case
    sources = {
        "pkg/__init__.py": "from .deep import f",
        "pkg/deep.py": "def f(): ...\nclass C:\n    def m(self): ...",
        "app.py": f"{statement}\nreveal({expression})",
    }
    assert revealed(tmp_path, sources) == expected


def test_functions_that_return_each_other_end(tmp_path: Path) -> None:
    size = 300
    ring = "".join(f"def f{n}(): return f{(n + 1) % size}()\n" for n in range(size))
    linked = program(tmp_path, {"app.py": ring + "reveal(f0())\n"})
    (ref,) = asked(linked)
    assert words(linked, linked.value(ref)) == {"?"}


def test_answers_do_not_depend_on_what_was_asked_before(tmp_path: Path) -> None:
    source = """
        class C: ...
        def f(x): return g(x) if x else C()
        def g(x): return f(x) if x else None
        reveal(f(1))
        reveal(g(1))
    """
    for order in (1, -1):
        linked = program(tmp_path, {"app.py": source})
        answers = [words(linked, linked.value(ref)) for ref in asked(linked)[::order]]
        assert answers == [{"C()", "None"}] * 2
