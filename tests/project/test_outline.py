"""What an outline says of a module, and that a module cut without parsing says the same."""

from __future__ import annotations

import sysconfig
import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.outline import Import, Outline, outline, surface
from flake8_bgtasks.project.source import decode

STDLIB = Path(sysconfig.get_path("stdlib"))
REAL_CODE = Path(__file__).parents[2] / ".real-code"
EVERY_STDLIB_MODULE = sorted(STDLIB.glob("*.py")) + sorted(STDLIB.glob("[a-k]*/*.py"))
SAMPLE = EVERY_STDLIB_MODULE[::6] + sorted(REAL_CODE.glob("*/*/*.py"))[::100]


def summary(made: Outline) -> tuple[object, ...]:
    """All that both kinds of outlines know: the imports inside definitions are left out."""
    statements = [(s.index, s.first, s.last, s.binds) for s in made.statements]
    imports = [item for item in made.imports if item.at_top]
    return (
        made.path,
        made.lines,
        statements,
        imports,
        made.exported,
        made.postponed,
        made.bindings,
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_surfaces_are_outlines(newline: str) -> None:
    assert len(SAMPLE) > 50
    for path in SAMPLE[:: 1 if newline == "\n" else 5]:
        source = decode(path.read_bytes()).replace("\r\n", "\n").replace("\n", newline)
        with warnings.catch_warnings(), suppress(SyntaxError):  # newer than this Python
            warnings.simplefilter("ignore")
            expected = summary(outline("a.py", source))
            assert summary(surface("a.py", source)) == expected, path


PIECES = [
    "import a\n",
    "from b import (\n    c,\nd,\n)\n",
    "from . import e; x = 1\n",
    "def f():\n    import inside\n    return 1\n",
    "async  def g(\n    a,\n): ...\n",
    "@decorator\n# comment\n\n@other(\n    1\n)\nclass C(\n  Base\n):\n    y = 2\n",
    "@decorator(\n1\n)\ndef h(): pass\n",
    "def i(\na, b\n):\n    pass\n",
    "if True:\n    z = 3\nelif False:\n    def inner(): pass\nelse :\n    z = 4\n",
    "try:\n    import j\nexcept ImportError:\n    j = None\nfinally:\n    pass\n",
    'text = """\ndef not_one(): pass\n"""\n',
    "def k():\n    '''\nclass NotOne: pass\n'''\n",
    "__all__ = ['f',\n'g']\n",
    "m, (n, *o) = p = q()\n",
    "r = \\\n  1\n",
    "s = [\n1,\n# comment )\n2]\n",
    "class D: t = 1; u = 2\n",
    "f'''{\n1\n}'''\n",
    "# comment\n",
    "\n",
    "   # indented comment\n",
    "def l():\n    return 1\n    # the end\n",
    "v = '#'; w = \"'\"\n",
    "\f\n",
    "match m:\n    case 1:\n        aa = 1\n",
    "with open(m) as bb, n as (cc, dd): ee = 1\n",
    "for ff in m: pass\nelse: gg = 1\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=200, deadline=None)
def test_surfaces_of_odd_code_are_outlines(pieces: list[str], newline: str) -> None:
    source = "".join(pieces).replace("\n", newline)
    assert summary(surface("a.py", source)) == summary(outline("a.py", source))


@pytest.mark.parametrize("read", [outline, surface], ids=["outline", "surface"])
def test_broken_code_is_a_syntax_error(read: type) -> None:
    with pytest.raises(SyntaxError):
        read("a.py", "x = (\n")


def one_import(source: str) -> Import:
    (found,) = outline("a.py", source).imports
    return found


def test_import_binds_the_first_name() -> None:
    assert one_import("import a.b.c\n") == Import("a", "a.b.c", None, 0, Span(1, 1, 1, 13))


def test_import_as_binds_the_whole_module() -> None:
    assert one_import("import a.b as c\n") == Import("c", "a.b", None, 0, Span(1, 1, 1, 16))


def test_relative_import() -> None:
    assert one_import("from ..a import b as c\n") == Import("c", "a", "b", 2, Span(1, 1, 1, 23))


def test_span_of_an_import_counts_characters() -> None:
    assert one_import("é = 'ü'; import a\n").span == Span(1, 10, 1, 18)


CONTEXTS = {
    "import a\n": (True, False, False),
    "def f():\n    import a\n": (False, False, False),
    "class C:\n    import a\n": (False, False, False),
    "if TYPE_CHECKING:\n    import a\n": (True, True, False),
    "if typing.TYPE_CHECKING:\n    import a\n": (True, True, False),
    "if TYPE_CHECKING:\n    pass\nelse:\n    import a\n": (True, False, False),
    "if not TYPE_CHECKING:\n    import a\n": (True, False, False),
    "try:\n    import a\nexcept ImportError:\n    pass\n": (True, False, True),
    "try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    pass\n": (True, False, True),
    "try:\n    import a\nexcept:\n    pass\n": (True, False, True),
    "try:\n    import a\nexcept KeyError:\n    pass\n": (True, False, False),
    "try:\n    pass\nexcept ImportError:\n    import a\n": (True, False, False),
    "with suppress(ImportError):\n    import a\n": (True, False, True),
    "with contextlib.suppress(KeyError):\n    import a\n": (True, False, False),
    "def f():\n    try:\n        import a\n    except Exception: pass\n": (False, False, True),
}


@pytest.mark.parametrize(("source", "flags"), CONTEXTS.items(), ids=CONTEXTS)
def test_context_of_an_import(source: str, flags: tuple[bool, bool, bool]) -> None:
    found = one_import(source)
    assert (found.at_top, found.type_checking, found.guarded) == flags


def binds(source: str) -> set[str]:
    return set(outline("a.py", source).bindings)


BINDS = {
    "a = b = 1": {"a", "b"},
    "a, [b, *c] = x": {"a", "b", "c"},
    "a: int = 1": {"a"},
    "a.b = c[0] = 1": set(),
    "def a(b): c = 1": {"a"},
    "class a: b = 1": {"a"},
    "for a in x: b = 1": {"a", "b"},
    "with x as a: b = 1": {"a", "b"},
    "if x: a = 1\nelse: b = 1": {"a", "b"},
    "try: a = 1\nexcept E: b = 1\nelse: c = 1\nfinally: d = 1": {"a", "b", "c", "d"},
    "import a, b.c, d as e": {"a", "b", "e"},
    "from a import b, c as d": {"b", "d"},
    "from a import *": set(),
    "if x:\n    import a": {"a"},
    "def f():\n    import a": {"f"},
}


@pytest.mark.parametrize(("source", "expected"), BINDS.items(), ids=BINDS)
def test_names_that_a_module_binds(source: str, expected: set[str]) -> None:
    assert binds(source + "\n") == expected


def test_a_name_has_all_its_bindings_in_order() -> None:
    made = outline("a.py", "try:\n    from fast import f\nexcept ImportError:\n    def f(): ...\n")
    imported, statement = made.bindings["f"]
    assert isinstance(imported, Import)
    assert (imported.module, statement) == ("fast", 0)


EXPORTED = {
    "": None,
    "__all__ = ['a', 'b']\n": {"a", "b"},
    "__all__ = ('a',)\n__all__ += ['b']\n": {"a", "b"},
    "__all__: list[str] = ['a']\n": {"a"},
    "__all__ = []\n": set(),
    "__all__ = names()\n": None,
    "__all__ = ['a']\n__all__ += other.__all__\n": None,
}


@pytest.mark.parametrize(("source", "expected"), EXPORTED.items(), ids=EXPORTED)
def test_names_in_all(source: str, expected: set[str] | None) -> None:
    assert outline("a.py", source).exported == expected


def test_statements_know_their_lines_and_identifiers() -> None:
    made = outline(
        "a.py", "import x\n\n@deco\ndef f():\n    return 'word'  # note\n\ny = 1; z = 2\n"
    )
    first, second = made.statements
    assert (first.first, first.last, first.binds) == (3, 5, ("f",))
    assert (second.first, second.last, second.binds) == (7, 7, ("y", "z"))
    assert made.source_of(second) == "y = 1; z = 2\n"
    assert made.identifiers[0] == {"deco", "def", "f", "return", "word", "note"}


def test_definitions_of_a_surface_are_parsed_on_demand() -> None:
    made = surface("a.py", "x = 1\n\n\ndef f():\n    return g()\n")
    definition = made.statements[1]
    assert definition.nodes == ()
    (node,) = made.nodes_of(definition)
    assert (type(node).__name__, node.lineno, node.end_lineno) == ("FunctionDef", 4, 5)


@pytest.mark.parametrize(
    ("source", "postponed"),
    [("from __future__ import annotations\n", True), ("from __future__ import division\n", False)],
)
def test_postponed_annotations(source: str, postponed: bool) -> None:
    assert outline("a.py", source).postponed is postponed
