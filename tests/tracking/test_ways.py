"""How functions are left after a call in them."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.tracking.things import Class, External
from tests.tracking.helpers import call_of, program

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_bgtasks.tracking.failures import Failure

SETTING = """
import contextlib
import sys
from typing import NoReturn

from fastapi import HTTPException


class AppError(Exception): ...
class Missing(AppError): ...
class Broken(AppError): ...


def deny() -> int:
    raise HTTPException(403)


async def deny_later():
    deny()


def refuse(reason) -> NoReturn:
    log(reason)
    raise_it(reason)


@contextlib.contextmanager
def logged():
    try:
        yield
    except AppError:
        print("failed")
        raise


@contextlib.contextmanager
def tolerant():
    try:
        yield
    except Missing:
        pass


class Guard:
    def __enter__(self): return self
    def __exit__(self, kind, error, trace): return kind is Missing


async def f(a, items):
"""

CASES = {
    "the end of the function": ("here()", "normal"),
    "return": ("here()\nreturn a", "normal"),
    "raise": ("here()\nraise Missing()", "Missing"),
    "a class": ("here()\nraise Missing", "Missing"),
    "what came before does not matter": ("if a:\n    raise Missing\nhere()", "normal"),
    "both branches": (
        "here()\nif a:\n    raise Missing\nelse:\n    raise Broken",
        "Broken Missing",
    ),
    "one branch": ("here()\nif a:\n    raise Missing", "normal Missing"),
    "a caught one": ("try:\n    here()\n    raise Missing\nexcept AppError:\n    pass", "normal"),
    "not a caught one": (
        "try:\n    here()\n    raise Missing\nexcept Broken:\n    pass",
        "Missing",
    ),
    "a tuple": (
        "try:\n    here()\n    raise Missing\nexcept (KeyError, AppError):\n    return",
        "normal",
    ),
    "raised again": (
        "try:\n    here()\n    raise Missing\nexcept AppError:\n    raise",
        "AppError",
    ),
    "the first that fits": (
        "try:\n    here()\n    raise Missing\n"
        "except Missing:\n    raise\nexcept Exception:\n    pass",
        "Missing",
    ),
    "a call in the body may raise what is caught": (
        "try:\n    here()\n    load()\n    raise Missing\nexcept KeyError:\n    return",
        "normal Missing ?",
    ),
    "logging raises nothing": (
        "try:\n    here()\n    log.info(a)\n    raise Missing\nexcept KeyError:\n    return",
        "Missing",
    ),
    "HTTPException is FastAPI's and Starlette's": (
        "try:\n    here()\n    raise HTTPException(400)\nexcept ValueError:\n    return",
        "fastapi.HTTPException",
    ),
    "a handler's exceptions pass the other handlers": (
        "try:\n    a()\nexcept KeyError:\n    here()\n    raise Missing\n"
        "except Missing:\n    return",
        "Missing",
    ),
    "else is not guarded": (
        "try:\n    a()\nexcept Missing:\n    return\nelse:\n    here()\n    raise Missing",
        "Missing",
    ),
    "finally": ("try:\n    raise Missing\nfinally:\n    here()", "Missing"),
    "finally after anything": ("try:\n    a()\nfinally:\n    here()", "normal ?"),
    "finally that returns": (
        "try:\n    here()\n    raise Missing\nfinally:\n    return 1",
        "normal",
    ),
    "finally on the way": (
        "try:\n    here()\n    raise Missing\nfinally:\n    log.info(1)",
        "Missing",
    ),
    "break": ("for i in items:\n    here()\n    break\nraise Missing", "Missing"),
    "else of a loop": ("for i in items:\n    here()\nelse:\n    raise Missing", "Missing ?"),
    "break passes the else": (
        "for i in items:\n    here()\n    break\nelse:\n    raise Missing",
        "normal",
    ),
    "the next time around": (
        "for i in items:\n    if i:\n        return\n    here()\nraise Missing",
        "normal Missing ?",
    ),
    "an endless loop": ("while True:\n    here()\n    if a:\n        raise Missing", "Missing ?"),
    "match": (
        "here()\nmatch a:\n    case 1:\n        raise Missing\n    case _:\n        raise Broken",
        "Broken Missing",
    ),
    "match that may fit nothing": (
        "here()\nmatch a:\n    case 1:\n        raise Missing",
        "normal Missing",
    ),
    "suppress": (
        "with contextlib.suppress(AppError):\n    here()\n    raise Missing",
        "normal Missing",
    ),
    "suppress of another kind": (
        "with contextlib.suppress(OSError):\n    here()\n    raise Missing",
        "Missing",
    ),
    "a context manager that goes on": (
        "with tolerant():\n    here()\n    raise Missing",
        "normal Missing",
    ),
    "a context manager that raises again": (
        "with logged():\n    here()\n    raise Missing",
        "Missing",
    ),
    "a true __exit__": ("with Guard():\n    here()\n    raise Missing", "normal Missing"),
    "any other context manager": ("with open(a) as b:\n    here()\n    raise Missing", "Missing"),
    "a function that always raises": ("here()\ndeny()", "fastapi.HTTPException"),
    "its result": ("here()\nreturn deny()", "fastapi.HTTPException"),
    "an awaited one": ("here()\nawait deny_later()", "fastapi.HTTPException"),
    "one that is not awaited": ("here()\ndeny_later()", "normal ?"),
    "NoReturn": ("here()\nrefuse(a)", "?"),
    "sys.exit": ("here()\nsys.exit(1)", "builtins.SystemExit"),
}


@pytest.mark.parametrize(("body", "expected"), CASES.values(), ids=CASES)
def test_exits_after_a_call(body: str, expected: str, tmp_path: Path) -> None:
    source = SETTING + indent(body, "    ") + "\n"
    linked = program(tmp_path, {"app.py": source})
    exits = linked.ways.after(call_of(linked, "here"))
    names = {name for failure in exits.failures for name in said(linked, failure)}
    assert (
        " ".join([*["normal"] * exits.normal, *sorted(names - {"?"}), *(names & {"?"})]) == expected
    )


def said(linked: object, failure: Failure) -> set[str]:
    return {_name(linked, cls) for cls in failure.classes}


def _name(linked: object, cls: object) -> str:
    if isinstance(cls, Class):
        return str(linked.units.scope(cls.ref).name)  # type: ignore[attr-defined]
    return cls.name if isinstance(cls, External) else "?"
