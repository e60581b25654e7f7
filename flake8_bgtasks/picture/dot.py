"""The graph in the language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.picture.graph import Graph

SHAPES = {"route": "oval", "function": "box", "task": "component"}
LOST = ' color="#b3261e" fontcolor="#b3261e"'


def render(graph: Graph) -> Iterator[str]:
    """Yield the lines."""
    ids = graph.ids()
    yield "digraph background_tasks {"
    yield "  rankdir=LR;"
    for node in graph.nodes:
        red = LOST if node.codes else ""
        yield f"  {ids[node]} [shape={SHAPES[node.kind]} label={_quoted(node.label)}{red}];"
    for edge in graph.edges:
        style = "solid" if edge.is_solid else "dashed"
        red = f"{LOST} label={_quoted(', '.join(edge.codes))}" if edge.codes else ""
        yield f"  {ids[edge.source]} -> {ids[edge.target]} [style={style}{red}];"
    yield "}"


def _quoted(text: str) -> str:
    escaped = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
