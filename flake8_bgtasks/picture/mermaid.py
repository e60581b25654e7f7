"""The graph as a Mermaid flowchart, which GitHub and GitLab draw in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.picture.graph import Edge, Graph

SHAPES = {"route": ("([", "])"), "function": ("[", "]"), "task": ("[[", "]]")}
LOST = "stroke:#b3261e,color:#b3261e"


def render(graph: Graph) -> Iterator[str]:
    """Yield the lines."""
    ids = graph.ids()
    yield "flowchart LR"
    for node in graph.nodes:
        before, after = SHAPES[node.kind]
        lost = ":::lost" if node.codes else ""
        yield f'  {ids[node]}{before}"{_label(node.label)}"{after}{lost}'
    for edge in graph.edges:
        yield f"  {ids[edge.source]} {_line(edge)} {ids[edge.target]}"
    red = [str(number) for number, edge in enumerate(graph.edges) if edge.codes]
    if red:
        yield f"  linkStyle {','.join(red)} {LOST}"
    yield f"  classDef lost {LOST}"


def _line(edge: Edge) -> str:
    line = "-->" if edge.is_solid else "-.->"
    return f'{line}|"{_label(", ".join(edge.codes))}"|' if edge.codes else line


def _label(text: str) -> str:
    """Write what could be syntax, of Mermaid or of HTML, as character codes."""
    return "".join(c if c.isalnum() or c in " _-/.,:" else f"#{ord(c)};" for c in printable(text))
