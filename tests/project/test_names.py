"""What a name at the top level of a module means."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from tests.project.helpers import Sources, names_of, texts

ROOT = Path("/nowhere")

CASES: dict[str, tuple[Sources, set[str]]] = {
    "a definition": ({"app.py": "def x(): ..."}, {"app.py:x"}),
    "an import from the outside": (
        {"app.py": "from fastapi import Depends as x"},
        {"outside fastapi.Depends"},
    ),
    "a module from the outside": (
        {"app.py": "import starlette.background as x"},
        {"outside starlette.background"},
    ),
    "its first component": ({"app.py": "import x.background"}, {"outside x"}),
    "a module of the project": ({"app.py": "import x", "x.py": ""}, {"module x.py"}),
    "a module below a package": (
        {"app.py": "import pkg.mod as x", "pkg/__init__.py": "", "pkg/mod.py": ""},
        {"module pkg/mod.py"},
    ),
    "through a re-export": (
        {
            "app.py": "from pkg import x",
            "pkg/__init__.py": "from .inner import y as x",
            "pkg/inner.py": "from pkg.deep import y",
            "pkg/deep.py": "def y(): ...",
        },
        {"pkg/deep.py:y"},
    ),
    "a submodule": (
        {"app.py": "from pkg import x", "pkg/__init__.py": "", "pkg/x.py": ""},
        {"module pkg/x.py"},
    ),
    "a submodule of a namespace package": (
        {"app.py": "from pkg import x", "pkg/x.py": ""},
        {"module pkg/x.py"},
    ),
    "a name of the package hides the submodule": (
        {"app.py": "from pkg import x", "pkg/__init__.py": "x = 1", "pkg/x.py": ""},
        {"pkg/__init__.py:x"},
    ),
    "through a star": (
        {"app.py": "from lib import *", "lib.py": "def x(): ..."},
        {"lib.py:x"},
    ),
    "through two stars": (
        {"app.py": "from a import *", "a.py": "from b import *", "b.py": "def x(): ..."},
        {"b.py:x"},
    ),
    "a star with __all__": (
        {"app.py": "from lib import *", "lib.py": "__all__ = ['x']\ndef x(): ..."},
        {"lib.py:x"},
    ),
    "a star whose __all__ has other names": (
        {"app.py": "from lib import *", "lib.py": "__all__ = ['y']\ndef x(): ..."},
        set(),
    ),
    "an own name before that of a star": (
        {"app.py": "from lib import *\ndef x(): ...", "lib.py": "def x(): ..."},
        {"app.py:x"},
    ),
    "a star from the outside": ({"app.py": "from fastapi import *"}, set()),
    "two definitions": (
        {"app.py": "if fast:\n    def x(): ...\nelse:\n    from lib import x", "lib.py": "x = 1"},
        {"app.py:x", "lib.py:x"},
    ),
    "with a fallback": (
        {
            "app.py": "try:\n    from lib import x\nexcept ImportError:\n    x = None",
            "lib.py": "x = 1",
        },
        {"app.py:x", "lib.py:x"},
    ),
    "for the type checker only": (
        {"app.py": "if TYPE_CHECKING:\n    from lib import x", "lib.py": "class x: ..."},
        {"lib.py:x"},
    ),
    "in a circle, with a definition": (
        {"app.py": "from b import x", "b.py": "from app import *\ndef x(): ..."},
        {"b.py:x"},
    ),
    "in a circle without any": ({"app.py": "from b import x", "b.py": "from app import x"}, set()),
    "in a circle of stars": (
        {
            "app.py": "from b import *",
            "b.py": "from app import *\nfrom c import *",
            "c.py": "x = 1",
        },
        {"c.py:x"},
    ),
    "of itself": ({"app.py": "from app import x"}, {"outside app.x"}),
    "imported in a function only": (
        {"app.py": "def f():\n    from lib import x", "lib.py": "x = 1"},
        set(),
    ),
    "nowhere": ({"app.py": ""}, set()),
    "in a broken module": ({"app.py": "from lib import x", "lib.py": "x = ("}, set()),
    "beyond the project": ({"app.py": "from ..above import x"}, {"outside ..above.x"}),
}


@pytest.mark.parametrize(("sources", "expected"), CASES.values(), ids=CASES)
def test_name_means(sources: Sources, expected: set[str]) -> None:
    assert texts(names_of(ROOT, sources).lookup("app.py", "x")) == expected


def test_a_star_takes_no_private_name_but_one_in_all() -> None:
    names = names_of(
        ROOT,
        {
            "app.py": "from lib import *\nfrom listed import *",
            "lib.py": "_a = 1",
            "listed.py": "__all__ = ['_b']\n_b = 1",
        },
    )
    assert texts(names.lookup("app.py", "_a")) == set()
    assert texts(names.lookup("app.py", "_b")) == {"listed.py:_b"}


@pytest.mark.parametrize("first", ["a.py", "b.py", "c.py"])
def test_a_circle_gives_the_same_wherever_one_starts(first: str) -> None:
    sources = {
        "a.py": "from b import *",
        "b.py": "from c import *\nfrom d import *",
        "c.py": "from a import *\nfrom e import *",
        "d.py": "x = 1",
        "e.py": "x = 2",
    }
    names = names_of(ROOT, sources)
    names.lookup(first, "x")
    found = [texts(names.lookup(path, "x")) for path in ("a.py", "b.py", "c.py")]
    assert found == [{"d.py:x", "e.py:x"}] * 3


def test_many_ways_to_one_name_take_no_longer_than_their_number() -> None:
    sources = {"end.py": "x = 1"}
    depth = 24
    for level in range(depth):
        below = [f"m{level + 1}a", f"m{level + 1}b"] if level + 1 < depth else ["end"]
        stars = "".join(f"from {name} import *\n" for name in below)
        sources |= {f"m{level}a.py": stars, f"m{level}b.py": stars}
    start = process_time()
    assert texts(names_of(ROOT, sources).lookup("m0a.py", "x")) == {"end.py:x"}
    assert process_time() - start < 2


def test_members_of_modules() -> None:
    names = names_of(
        ROOT, {"pkg/__init__.py": "from .a import x", "pkg/a.py": "x = 1", "pkg/b.py": ""}
    )
    assert texts(names.member("pkg/__init__.py", "x")) == {"pkg/a.py:x"}
    assert texts(names.member("pkg/__init__.py", "b")) == {"module pkg/b.py"}
    assert texts(names.member("pkg/__init__.py", "c")) == set()
