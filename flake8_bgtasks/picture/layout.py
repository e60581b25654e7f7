"""Where the nodes of a picture stand: in columns, from the routes on the left to the tasks."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flake8_bgtasks.picture.graph import Graph, Node

CHARACTER, PADDING, HEIGHT = 7.5, 28, 34
COLUMN_GAP, ROW_GAP, MARGIN = 90, 18, 20
SWEEPS = 4


@dataclass(frozen=True)
class Box:
    """The rectangle of a node: its left upper corner, and its size."""

    x: float
    y: float
    width: float
    height: float = HEIGHT


@dataclass(frozen=True)
class Layout:
    """The boxes of all nodes, and the size of the whole picture."""

    boxes: Mapping[Node, Box]
    width: float
    height: float


def layout(graph: Graph) -> Layout:
    """Lay out a graph: each node right of those before it, near those it is connected with."""
    columns = _ordered(_columns(graph), graph)
    boxes: dict[Node, Box] = {}
    x, height = float(MARGIN), 0.0
    tallest = max((len(column) for column in columns), default=0)
    for column in columns:
        width = max(_width(node) for node in column)
        y = MARGIN + (tallest - len(column)) * (HEIGHT + ROW_GAP) / 2
        for node in column:
            boxes[node] = Box(x, y, width)
            y += HEIGHT + ROW_GAP
        x += width + COLUMN_GAP
        height = max(height, y)
    return Layout(boxes, max(x - COLUMN_GAP, 0) + MARGIN, height + MARGIN)


def _width(node: Node) -> float:
    return len(node.label) * CHARACTER + PADDING


def _columns(graph: Graph) -> list[list[Node]]:
    """Put each node behind the last of those before it, and the tasks last."""
    after = _forward(graph)
    depth = dict.fromkeys(graph.nodes, 0)
    for node in TopologicalSorter(_reversed(after)).static_order():
        for target in after[node]:
            depth[target] = max(depth[target], depth[node] + 1)
    last = max(depth.values(), default=0)
    depth |= {node: last for node in graph.nodes if node.kind == "task"}
    columns: list[list[Node]] = [[] for _ in range(last + 1)]
    for node in graph.nodes:
        columns[depth[node]].append(node)
    return [column for column in columns if column]


def _forward(graph: Graph) -> dict[Node, set[Node]]:
    """Return where the steps lead, without those that close a circle."""
    following: dict[Node, list[Node]] = {node: [] for node in graph.nodes}
    for edge in graph.edges:
        following[edge.source].append(edge.target)
    kept: dict[Node, set[Node]] = {node: set() for node in graph.nodes}
    done: set[Node] = set()
    for start in graph.nodes:
        path = [(start, iter(following[start]))] if start not in done else []
        above = {start}
        while path:
            node, rest = path[-1]
            target = next(rest, None)
            if target is None:
                done.add(node)
                above.discard(node)
                path.pop()
            elif target not in above:
                kept[node].add(target)
                if target not in done:
                    above.add(target)
                    path.append((target, iter(following[target])))
    return kept


def _reversed(after: Mapping[Node, set[Node]]) -> dict[Node, set[Node]]:
    before: dict[Node, set[Node]] = {node: set() for node in after}
    for node, targets in after.items():
        for target in targets:
            before[target].add(node)
    return before


def _ordered(columns: Sequence[Sequence[Node]], graph: Graph) -> list[list[Node]]:
    """Sort each column by where the neighbours stand, to and fro, so that fewer lines cross."""
    beside: dict[Node, list[Node]] = {node: [] for node in graph.nodes}
    for edge in graph.edges:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    ordered = [list(column) for column in columns]
    for sweep in range(SWEEPS):
        place = {node: n / len(column) for column in ordered for n, node in enumerate(column)}
        for column in ordered if sweep % 2 == 0 else reversed(ordered):
            column.sort(key=lambda node: _mean([place[other] for other in beside[node]]))
            place |= {node: n / len(column) for n, node in enumerate(column)}
    return ordered


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
