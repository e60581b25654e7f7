"""The graph as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.picture.layout import layout
from flake8_bgtasks.web.page import asset, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.picture.graph import Edge, Graph, Node
    from flake8_bgtasks.picture.layout import Box

RADIUS = {"route": 17, "function": 5, "task": 0}


def render(graph: Graph) -> Iterator[str]:
    """Yield the lines of a file."""
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield from element(graph, asset("picture.css"))


def element(graph: Graph, style: str = "") -> Iterator[str]:
    """Yield the lines of the element; its classes are those of `picture.css`."""
    plan = layout(graph)
    size = f'width="{plan.width:.0f}" height="{plan.height:.0f}"'
    box = f'viewBox="0 0 {plan.width:.0f} {plan.height:.0f}"'
    namespace = 'xmlns="http://www.w3.org/2000/svg"'
    yield f'<svg {namespace} class="graph" role="img" {size} {box}>'
    yield "<title>Background tasks, and how requests get to them</title>"
    if style:
        yield f"<style>{style}</style>"
    yield from _arrow("tip", "edge")
    yield from _arrow("lost-tip", "edge lost")
    for edge in graph.edges:
        yield from _edge(edge, plan.boxes[edge.source], plan.boxes[edge.target])
    for node in graph.nodes:
        yield from _node(node, plan.boxes[node])
    yield "</svg>"


def _arrow(name: str, classes: str) -> Iterator[str]:
    yield f'<marker id="{name}" class="{classes}" viewBox="0 0 8 8" refX="8" refY="4"'
    yield 'markerUnits="userSpaceOnUse" markerWidth="11" markerHeight="11" orient="auto">'
    yield '<path class="tip" d="M0 0L8 4L0 8z"/></marker>'


def _edge(edge: Edge, source: Box, target: Box) -> Iterator[str]:
    start = (source.x + source.width, source.y + source.height / 2)
    end = (target.x, target.y + target.height / 2)
    bend = max(abs(end[0] - start[0]) / 2, 40)
    curve = f"C{start[0] + bend:.1f} {start[1]:.1f} {end[0] - bend:.1f} {end[1]:.1f}"
    path = f"M{start[0]:.1f} {start[1]:.1f}{curve} {end[0]:.1f} {end[1]:.1f}"
    classes = f"edge{' solid' if edge.is_solid else ''}{' lost' if edge.codes else ''}"
    tip = "lost-tip" if edge.codes else "tip"
    yield f'<path class="{classes}" d="{path}" marker-end="url(#{tip})">'
    yield f"<title>{text(described(edge))}</title></path>"


def _node(node: Node, box: Box) -> Iterator[str]:
    classes = f"node {node.kind}{' lost' if node.codes else ''}"
    x, y, middle = box.x, box.y, box.x + box.width / 2
    yield f'<g class="{classes}"><title>{text(_title(node))}</title>'
    yield f'<rect x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" height="{box.height}"'
    yield f'rx="{RADIUS[node.kind]}"/>'
    yield f'<text x="{middle:.1f}" y="{y + box.height / 2 + 4.5:.1f}">{text(node.label)}</text></g>'


def described(edge: Edge) -> str:
    """Say a step in words."""
    words = f"{edge.source.label} {edge.kind} {edge.target.label}"
    injected = ", injected" if edge.injects else ""
    lost = f", lost: {', '.join(edge.codes)}" if edge.codes else ""
    return f"{words}{injected}{lost} ({edge.path}:{edge.line})"


def _title(node: Node) -> str:
    place = f" ({node.path}:{node.line})" if node.path else ""
    mode = f"{node.mode} " if node.mode else ""
    lost = f": {', '.join(node.codes)}" if node.codes else ""
    return f"{mode}{node.kind} {node.label}{place}{lost}"
