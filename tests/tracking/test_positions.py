"""Positions taken from `ast` are those that LibCST itself gives."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.outline import outline
from flake8_bgtasks.tracking import positions
from flake8_bgtasks.tracking.positions import positions_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from libcst.metadata import CodeRange

STDLIB = Path(sysconfig.get_path("stdlib"))
FOLDERS = (
    "asyncio",
    "concurrent",
    "email",
    "http",
    "importlib",
    "json",
    "logging",
    "multiprocessing",
)
FILES = [path for folder in FOLDERS for path in sorted((STDLIB / folder).rglob("*.py"))]
SAMPLE = [path for path in FILES if path.stat().st_size in range(1_000, 12_000)][:60]


def test_the_sample_is_large_enough() -> None:
    assert len(SAMPLE) == 60


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_positions_are_those_of_libcst(path: Path) -> None:
    source = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    assert list(differences(source)) == []


NON_ASCII = """\
grüße = "é", f(x="日本", y=ä.ö(1))
def naïve(größe: Straße = "ü") -> "été":
    return await_(größe), lambda ß: ß
"""


def test_columns_count_characters() -> None:
    assert list(differences(NON_ASCII)) == []
    module = cst.parse_module(NON_ASCII)
    found = positions_of(module, ast.parse(NON_ASCII).body, outline("a.py", NON_ASCII).lines)
    (inner,) = [span for node, span in located(module, found) if code(node) == "ä.ö(1)"]
    assert inner == Span(1, 26, 1, 32)


SHAPES = """\
import a.b as c, d
from . import e
@first(1)
@second
async def f(a, /, b: int = 1, *args: str, c=2, **kw) -> None:
    async with x() as y, z(): await w
    return [i async for i in range(a if b else c) if i]
class C(Base[int], metaclass=M):
    field: int = (yield_)
    x, *y = z = f"{a.b(c)!r:>{width}}"
def g[T: int](x: T) -> T: raise E(x) from x
match subject:
    case {"k": v, **rest} if v: pass
    case Point(x=0, y=b) | [b, *_]: b()
try: pass
except* E as e: e()
global_ = lambda *a, b=1, **k: (a, b, k)
print(not a, a < b <= c, x[1:2, ...], (n := 1))
"""


def test_positions_of_all_shapes_of_code() -> None:
    # Type parameters need Python 3.12 and its `ast`, the rest of the shapes does not.
    plain = SHAPES.replace("g[T: int]", "g").replace("except*", "except")
    assert list(differences(plain)) == []


def test_statements_further_down_keep_their_lines() -> None:
    source = "import a\n\n\n@b\n\n# comment\ndef f():\n    return a\n"
    made = outline("a.py", source)
    (statement,) = made.statements
    module = cst.parse_module(made.source_of(statement))
    found = positions_of(module, made.nodes_of(statement), made.lines)
    lines = {type(node).__name__: span.line for node, span in located(module, found)}
    assert lines == {"FunctionDef": 7, "Return": 8, "Name": 8}


def test_trees_that_disagree_fall_back_to_libcst(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the order of fields, names come out in another order than they stand in."""
    source = "\n\nx = first if test else second\n"
    made = outline("a.py", source)
    (statement,) = made.statements
    module = cst.parse_module(made.source_of(statement))
    asked = []
    monkeypatch.setattr(positions, "_same", lambda *_: asked.append(1))
    found = positions_of(module, made.nodes_of(statement), made.lines)
    assert asked
    columns = {code(node): (span.line, span.column) for node, span in located(module, found)}
    assert columns == {
        "x = first if test else second": (3, 1),
        "x": (3, 1),
        "first": (3, 5),
        "test": (3, 14),
        "second": (3, 24),
    }


def differences(source: str) -> Iterator[str]:
    """Yield the nodes whose span isn't LibCST's.

    There a parameter ends with its name, and that of `*args` begins with the star.
    """
    module = cst.parse_module(source)
    ours = positions_of(module, ast.parse(source).body, outline("a.py", source).lines)
    theirs = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    seen = dict(located(module, ours))
    expected = [
        node for node in walk(module) if isinstance(node, cst.Call | cst.FunctionDef | cst.Param)
    ]
    assert {id(node) for node in expected} <= {id(node) for node in seen}
    for node, span in seen.items():
        expected_span = span_of(theirs[node])
        if isinstance(node, cst.Param):
            stars = len(node.star) if isinstance(node.star, str) else 0
            column = expected_span.column + stars
            expected_span = span._replace(column=column, line=expected_span.line)
        if span != expected_span:
            yield f"{type(node).__name__} {code(node)!r}: {span}, LibCST {expected_span}"


def located(module: cst.Module, found: positions.Positions) -> list[tuple[cst.CSTNode, Span]]:
    return [(node, found[id(node)]) for node in walk(module) if id(node) in found]


def span_of(where: CodeRange) -> Span:
    start, end = where.start, where.end
    return Span(start.line, start.column + 1, end.line, end.column + 1)


def code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node).strip()
