"""What import statements bind, read from their text as `ast` reads it."""

from __future__ import annotations

import pytest

from flake8_bgtasks.project.import_texts import parse_imports
from flake8_bgtasks.project.outline import outline

PLAIN = (
    "import a",
    "import a.b.c, d as e,f.g as h",
    "import a.b  # noqa: F401",
    "from a import b",
    "from a.b import c as d, e",
    "from . import a",
    "from ..a.b import (c, d as e, )",
    "from . import *",
    "from a import b # as c",
    "",
)
ODD = ("import a; import b", "from .import a", "from a import β", "import a . b")
BROKEN = (
    "from the import of things",
    "from a import",
    "from a import b,",
    "from a import ()",
    "import class",
    "from a.if import b",
    "from  import b",
    "from a import b as None",
    "import a as b.c",
)


@pytest.mark.parametrize("statement", [*PLAIN, *ODD])
def test_statements_mean_what_ast_says(statement: str) -> None:
    text = f"{statement}\nimport last"
    assert bound(parse_imports("m.py", text.encode())) == bound(outline("m.py", text).imports)


@pytest.mark.parametrize("statement", BROKEN)
def test_what_ast_can_not_parse_is_not_guessed(statement: str) -> None:
    assert parse_imports("m.py", f"import first\n{statement}".encode()) is None


def bound(imports: object) -> list[tuple[object, ...]]:
    names = ("bound", "module", "name", "level", "at_top", "type_checking", "guarded")
    return [tuple(getattr(item, name) for name in names) for item in imports]  # type: ignore[attr-defined]
