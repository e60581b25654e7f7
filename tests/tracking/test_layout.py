"""Layouts have all of a tree in one go as LibCST gives it piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_bgtasks.fixes.document import line_starts
from flake8_bgtasks.tracking.layout import Layout
from tests.tracking.test_positions import NON_ASCII, SAMPLE, SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from libcst.metadata import CodePosition


@pytest.mark.parametrize("path", SAMPLE[::4], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_layouts_are_those_of_libcst(path: Path) -> None:
    check(path.read_bytes().decode("utf-8", "replace"))


@pytest.mark.parametrize("source", [SHAPES, NON_ASCII, "\tx = (\r\n  1)\r\n", "", "x"])
def test_layouts_of_all_syntax(source: str) -> None:
    check(source.removeprefix("\t"))


def check(source: str) -> None:
    module = cst.parse_module(source)
    layout = Layout(module)
    assert layout.text == source
    nodes = list(below(module))
    assert set(layout.nodes) == set(nodes)
    assert layout.parents == {child: node for node in nodes for child in node.children}
    ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    starts = line_starts(f"{source}\n")  # LibCST sees a line end at the end of each file

    def offset(position: CodePosition) -> int:
        return starts[position.line - 1] + position.column

    assert layout.starts == {id(node): offset(where.start) for node, where in ranges.items()}
    assert layout.ends == {id(node): offset(where.end) for node, where in ranges.items()}


def below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from below(child)
