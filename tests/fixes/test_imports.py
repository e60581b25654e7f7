"""Which imports a fix adds, and where; which it removes."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.edits import (
    BindImport,
    RemoveImport,
    RemoveStatement,
    ReplaceExpression,
    ReplaceImport,
    Symbol,
)
from tests.fixes.helpers import PATH, TASKS, at, edited

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit

# `USE` stands where `BackgroundTasks` is to be written.
ADDED = {
    "it is imported": (
        "from fastapi import BackgroundTasks, FastAPI\nUSE\n",
        "from fastapi import BackgroundTasks, FastAPI\nBackgroundTasks\n",
    ),
    "under another name": (
        "from fastapi import BackgroundTasks as BT\nUSE\n",
        "from fastapi import BackgroundTasks as BT\nBT\n",
    ),
    "with the module": ("import fastapi\nUSE\n", "import fastapi\nfastapi.BackgroundTasks\n"),
    "with the module under another name": (
        "import fastapi as fa\nUSE\n",
        "import fastapi as fa\nfa.BackgroundTasks\n",
    ),
    "with the module and other names": (
        "import fastapi\nfrom fastapi import Depends\nUSE\n",
        "import fastapi\nfrom fastapi import BackgroundTasks, Depends\nBackgroundTasks\n",
    ),
    "among sorted names": (
        "from fastapi import APIRouter, Depends\nUSE\n",
        "from fastapi import APIRouter, BackgroundTasks, Depends\nBackgroundTasks\n",
    ),
    "behind unsorted names": (
        "from fastapi import FastAPI, Depends\nUSE\n",
        "from fastapi import FastAPI, Depends, BackgroundTasks\nBackgroundTasks\n",
    ),
    "among names in parentheses": (
        "from fastapi import (\n    APIRouter,  # routes\n    Depends,\n)\nUSE\n",
        (
            "from fastapi import (\n    APIRouter,  # routes\n    BackgroundTasks,\n"
            "    Depends,\n)\nBackgroundTasks\n"
        ),
    ),
    "among names in parentheses on one line": (
        "from fastapi import (APIRouter, status)\nUSE\n",
        "from fastapi import (APIRouter, BackgroundTasks, status)\nBackgroundTasks\n",
    ),
    "in its section": (
        (
            "import os\n\nfrom pydantic import BaseModel\nfrom anyio import run\n\n"
            "from shop import db\n\nUSE\n"
        ),
        (
            "import os\n\nfrom pydantic import BaseModel\nfrom anyio import run\n"
            "from fastapi import BackgroundTasks\n\nfrom shop import db\n\n"
            "BackgroundTasks\n"
        ),
    ),
    "in order": (
        "import httpx\nfrom anyio import run\nfrom pydantic import BaseModel\n\nUSE\n",
        (
            "import httpx\nfrom anyio import run\n"
            "from fastapi import BackgroundTasks\nfrom pydantic import BaseModel\n\n"
            "BackgroundTasks\n"
        ),
    ),
    "first in its section": (
        "from pydantic import BaseModel\n\nUSE\n",
        "from fastapi import BackgroundTasks\nfrom pydantic import BaseModel\n\nBackgroundTasks\n",
    ),
    "in a new section": (
        "import os\n\nfrom shop import db\n\nUSE\n",
        (
            "import os\n\nfrom fastapi import BackgroundTasks\n\nfrom shop import db\n"
            "\nBackgroundTasks\n"
        ),
    ),
    "before the project's own": (
        "from .db import save\n\nUSE\n",
        "from fastapi import BackgroundTasks\n\nfrom .db import save\n\nBackgroundTasks\n",
    ),
    "behind the future": (
        '"""Doc."""\n\nfrom __future__ import annotations\n\nUSE\n',
        (
            '"""Doc."""\n\nfrom __future__ import annotations\n\n'
            "from fastapi import BackgroundTasks\n\nBackgroundTasks\n"
        ),
    ),
    "behind the docstring": (
        '"""Doc."""\n\nUSE\n',
        '"""Doc."""\n\nfrom fastapi import BackgroundTasks\n\nBackgroundTasks\n',
    ),
    "at the very top": ("USE\n", "from fastapi import BackgroundTasks\n\nBackgroundTasks\n"),
    "behind the comments at the top": (
        "#!/usr/bin/python\n# Licence\n\nUSE\n",
        "#!/usr/bin/python\n# Licence\n\nfrom fastapi import BackgroundTasks\n\nBackgroundTasks\n",
    ),
    "one for the type checker does not count, and goes": (
        (
            "from typing import TYPE_CHECKING\n\nfrom fastapi import FastAPI\n\n"
            "if TYPE_CHECKING:\n    from fastapi import BackgroundTasks, Request\n\n"
            "USE\n"
        ),
        (
            "from typing import TYPE_CHECKING\n\n"
            "from fastapi import BackgroundTasks, FastAPI\n\nif TYPE_CHECKING:\n"
            "    from fastapi import Request\n\nBackgroundTasks\n"
        ),
    ),
    "one in a function does not count": (
        "import os\n\ndef f():\n    from fastapi import Depends\n\nUSE\n",
        (
            "import os\n\nfrom fastapi import BackgroundTasks\n\ndef f():\n"
            "    from fastapi import Depends\n\nBackgroundTasks\n"
        ),
    ),
    "one behind the place does not count": (
        "USE\nfrom fastapi import BackgroundTasks as BT\n",
        (
            "from fastapi import BackgroundTasks\n\nBackgroundTasks\n"
            "from fastapi import BackgroundTasks as BT\n"
        ),
    ),
    "the name means something else": (
        "from fastapi import FastAPI\n\nclass BackgroundTasks: ...\n\nUSE\n",
        (
            "from fastapi import FastAPI\n"
            "from fastapi import BackgroundTasks as FastapiBackgroundTasks\n"
            "\nclass BackgroundTasks: ...\n\nFastapiBackgroundTasks\n"
        ),
    ),
    "the name means something else, and the module is there": (
        "import fastapi\n\nclass BackgroundTasks: ...\n\nUSE\n",
        "import fastapi\n\nclass BackgroundTasks: ...\n\nfastapi.BackgroundTasks\n",
    ),
    "the module's name is shadowed": (
        "import fastapi\n\ndef f(fastapi): ...\n\nUSE\n",
        (
            "import fastapi\nfrom fastapi import BackgroundTasks\n\n"
            "def f(fastapi): ...\n\nBackgroundTasks\n"
        ),
    ),
    "a relative import of the same name": (
        "from .fastapi import FastAPI\n\nUSE\n",
        "from fastapi import BackgroundTasks\n\nfrom .fastapi import FastAPI\n\nBackgroundTasks\n",
    ),
}


@pytest.mark.parametrize(("source", "expected"), ADDED.values(), ids=ADDED)
def test_spelling(source: str, expected: str) -> None:
    assert edited(source, ReplaceExpression(at(source, "USE"), (TASKS,))) == expected


def test_the_same_import_is_added_once() -> None:
    source = "import os\nA\nB\n"
    edits = [ReplaceExpression(at(source, name), (TASKS,)) for name in "AB"]
    assert edited(source, *edits) == (
        "import os\n\nfrom fastapi import BackgroundTasks\n\nBackgroundTasks\nBackgroundTasks\n"
    )


def test_two_names_of_one_module() -> None:
    source = "import os\nA\nB\n"
    depends = ReplaceExpression(at(source, "B"), (Symbol("fastapi", "Depends"),))
    assert edited(source, ReplaceExpression(at(source, "A"), (TASKS,)), depends) == (
        "import os\n\nfrom fastapi import BackgroundTasks, Depends\n\nBackgroundTasks\nDepends\n"
    )


# The call `gone()` is removed, or the import of `old` replaced.
UNUSED = {
    "an import that only that code used": (
        "import os\nfrom a import gone, other\n\ngone()\nother()\n",
        "import os\nfrom a import other\n\nother()\n",
    ),
    "the whole statement": (
        "import os\nfrom a import gone\n\ngone()\nos\n",
        "import os\n\nos\n",
    ),
    "a module": ("import gone\n\ngone()\n", ""),
    "one module of a package": (
        "import a.b\nimport a.c\n\na.b.gone()\na.c.d()\n",
        "import a.c\n\na.c.d()\n",
    ),
    "the only one that binds the package": (
        "import a.b\n\na.b.gone()\na.c.d()\n",
        "import a.b\n\na.c.d()\n",
    ),
    "a quoted type of a module keeps it": (
        "import a.b\nimport a.c\n\na.b.gone()\nx: 'a.b.C' = a.c.d()\n",
        "import a.b\nimport a.c\n\nx: 'a.b.C' = a.c.d()\n",
    ),
    "another use keeps it": (
        "from a import gone\n\ngone()\nx = [gone]\n",
        "from a import gone\n\nx = [gone]\n",
    ),
    "a quoted type keeps it": (
        "from a import gone\n\ngone()\nx: 'gone'\n",
        "from a import gone\n\nx: 'gone'\n",
    ),
    "an export keeps it": (
        "from a import gone\n__all__ = ['gone']\ngone()\n",
        "from a import gone\n__all__ = ['gone']\n",
    ),
    "a redundant alias keeps it": (
        "from a import gone as gone\n\ngone()\n",
        "from a import gone as gone\n",
    ),
    "what was unused before stays": (
        "import os\nfrom a import gone\n\ngone()\n",
        "import os\n",
    ),
}


@pytest.mark.parametrize(("source", "expected"), UNUSED.values(), ids=UNUSED)
def test_unused(source: str, expected: str) -> None:
    call = next(call for call in ("a.b.gone()", "gone()") if call in source)
    assert edited(source, RemoveStatement(at(source, call))) == expected


def test_what_others_import_stays() -> None:
    source = "from a import gone\n\ngone()\n"
    edit = RemoveStatement(at(source, "gone()"))
    assert edited(source, edit, exported=("gone",)) == "from a import gone\n"
    assert edited(source, edit, path="shop/__init__.py") == "from a import gone\n"


STARLETTE = "from starlette.background import BackgroundTasks"
REPLACED = {
    "alone": (
        f"{STARLETTE}\n\nBackgroundTasks\n",
        "from fastapi import BackgroundTasks\n\nBackgroundTasks\n",
    ),
    "the comment stays": (
        f"import os\n\n{STARLETTE}  # why\n\nBackgroundTasks\n",
        "import os\n\nfrom fastapi import BackgroundTasks  # why\n\nBackgroundTasks\n",
    ),
    "into an existing import": (
        f"from fastapi import FastAPI\n{STARLETTE}\n\nBackgroundTasks\n",
        "from fastapi import BackgroundTasks, FastAPI\n\nBackgroundTasks\n",
    ),
    "into its order": (
        f"from pydantic import A\n{STARLETTE}\n\nBackgroundTasks\n",
        "from fastapi import BackgroundTasks\nfrom pydantic import A\n\nBackgroundTasks\n",
    ),
    "one of several": (
        f"{STARLETTE}, BackgroundTask\n\nBackgroundTasks\n",
        (
            "from fastapi import BackgroundTasks\n"
            "from starlette.background import BackgroundTask\n\nBackgroundTasks\n"
        ),
    ),
    "in a try block": (
        f"try:\n    {STARLETTE}\nexcept ImportError:\n    pass\n",
        "try:\n    from fastapi import BackgroundTasks\nexcept ImportError:\n    pass\n",
    ),
    "in a function, one of several": (
        f"def f():\n    {STARLETTE}, BackgroundTask\n",
        (
            "def f():\n    from fastapi import BackgroundTasks\n"
            "    from starlette.background import BackgroundTask\n"
        ),
    ),
    "it is there already": (
        f"from fastapi import BackgroundTasks\n{STARLETTE}\n\nBackgroundTasks\n",
        "from fastapi import BackgroundTasks\n\nBackgroundTasks\n",
    ),
}


@pytest.mark.parametrize(("source", "expected"), REPLACED.values(), ids=REPLACED)
def test_replace_import(source: str, expected: str) -> None:
    statement = STARLETTE + (", BackgroundTask" if ", BackgroundTask" in source else "")
    edit = ReplaceImport(at(source, statement), "BackgroundTasks", TASKS)
    assert edited(source, edit) == expected


def test_replace_import_with_alias() -> None:
    source = "from fastapi import FastAPI\nfrom starlette.background import BackgroundTasks as BT\n"
    statement = at(source, "from starlette.background import BackgroundTasks as BT")
    assert edited(source, ReplaceImport(statement, "BT", TASKS)) == (
        "from fastapi import FastAPI\nfrom fastapi import BackgroundTasks as BT\n"
    )


def test_replace_import_that_is_exported() -> None:
    source = "from starlette.background import BackgroundTasks as BackgroundTasks\n"
    statement = at(source, source.rstrip())
    assert edited(source, ReplaceImport(statement, "BackgroundTasks", TASKS)) == (
        "from fastapi import BackgroundTasks as BackgroundTasks\n"
    )


def test_from_the_type_checker_to_run_time() -> None:
    source = dedent(
        """\
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from fastapi import BackgroundTasks

        x: BackgroundTasks
        """
    )
    statement = at(source, "from fastapi import BackgroundTasks")
    edits: list[Edit] = [
        RemoveImport(statement, "BackgroundTasks"),
        BindImport(PATH, "BackgroundTasks", TASKS),
    ]
    assert edited(source, *edits) == dedent(
        """\
        from fastapi import BackgroundTasks

        x: BackgroundTasks
        """
    )


def test_block_for_the_type_checker_that_has_more_stays() -> None:
    source = dedent(
        """\
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from fastapi import BackgroundTasks
        else:
            BackgroundTasks = object

        x: BackgroundTasks
        """
    )
    statement = at(source, "from fastapi import BackgroundTasks")
    assert edited(source, RemoveImport(statement, "BackgroundTasks")) == source.replace(
        "    from fastapi import BackgroundTasks", "    pass"
    )
