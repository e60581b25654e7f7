"""The import statements of a source, found without parsing it."""

from __future__ import annotations

import ast

import pytest

from flake8_bgtasks.project.imports import import_statements, imports_package


def imported(source: str) -> list[str]:
    """Return the names of the statements that were found, as `ast` reads them."""
    found: list[str] = []
    for statement in import_statements(source.encode()):
        (node,) = ast.parse(statement.decode()).body
        assert isinstance(node, ast.Import | ast.ImportFrom)
        found.extend(alias.name for alias in node.names)
    return found


FOUND = {
    "import a": ["a"],
    "import a.b as c, d": ["a.b", "d"],
    "from a import b": ["b"],
    "from . import b": ["b"],
    "from .a import b": ["b"],
    "from a import *": ["*"],
    "    from a import b": ["b"],
    "\tfrom a import b": ["b"],
    "from a import (\n    b,\n    c,\n)": ["b", "c"],
    "from a import (  # (why)\n    b,  # because\n    # )\n    c,\n)": ["b", "c"],
    "from a import b, \\\n    c": ["b", "c"],
    "from a import(b, c)": ["b", "c"],
    "from a import*": ["*"],
    "from a  import  b": ["b"],
    "from a import b\r\nfrom c import d\r\n": ["b", "d"],
    "from a import (\r\n    b,\r\n)\r\n": ["b"],
    "x = 1\nimport a\ny = 2\nimport b": ["a", "b"],
    "# import a": [],
    "important = 1": [],
    "x = importlib.import_module('a')": [],
}


@pytest.mark.parametrize(("source", "expected"), FOUND.items(), ids=FOUND)
def test_statements_found(source: str, expected: list[str]) -> None:
    assert imported(source) == expected
    assert imported(source + "\n") == expected


def test_an_open_bracket_at_the_end_is_no_endless_loop() -> None:
    assert list(import_statements(b"from a import (")) == [b"from a import ("]
    assert list(import_statements(b"from a import \\")) == [b"from a import \\"]


PACKAGES = {
    "import fastapi": True,
    "import fastapi.background as fb": True,
    "import os, fastapi": True,
    "from fastapi import FastAPI": True,
    "from fastapi.background import BackgroundTasks": True,
    "def f():\n    from fastapi import FastAPI": True,
    "import fastapi_users": False,
    "from app.fastapi import x": False,
    "import app.fastapi": False,
    "from app import fastapi": False,
    "# import fastapi": False,
    "name = 'fastapi'": False,
    "fastapi": False,
}


@pytest.mark.parametrize(("source", "expected"), PACKAGES.items(), ids=PACKAGES)
def test_package_is_imported(source: str, expected: bool) -> None:
    assert imports_package(source.encode(), b"fastapi") is expected
