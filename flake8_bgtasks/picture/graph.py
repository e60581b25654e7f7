"""What a picture shows: routes, functions and tasks, and the steps of requests between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NodeKind = Literal["route", "function", "task"]
EdgeKind = Literal["serves", "depends", "calls", "adds"]


@dataclass(frozen=True, order=True)
class Node:
    """A route (`label` is such as `POST /users`), a function of the project, or a task.

    `path` and `line` say where it is registered or defined; a task from elsewhere has an empty
    path and line 0. `mode` is `"async"`, `"sync"`, or empty where that isn't known. `codes`: the
    findings in the function itself.
    """

    kind: NodeKind
    label: str
    path: str
    line: int
    mode: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Edge:
    """A step of a request.

    A route `serves` its function; a function `depends` on another, `calls` it, or `adds` a task.
    `path`, `line` and `column` say where the step is written. `injects`: the BackgroundTasks of the
    request gets along. `codes`: the findings that say why tasks are lost here.
    """

    source: Node
    target: Node
    kind: EdgeKind
    path: str
    line: int
    column: int
    injects: bool = False
    codes: tuple[str, ...] = ()

    @property
    def is_solid(self) -> bool:
        """Whether its line is: it hands the instance on, or uses it."""
        return self.injects or self.kind == "adds"


@dataclass(frozen=True)
class Graph:
    """Sorted nodes and edges; every node of an edge is among the nodes."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def with_paths(self, shown: Callable[[str], str]) -> Graph:
        """Return the same graph with its paths written as `shown` says."""
        known = {
            node: replace(node, path=shown(node.path)) if node.path else node for node in self.nodes
        }
        edges = [
            replace(
                edge,
                source=known[edge.source],
                target=known[edge.target],
                path=shown(edge.path),
            )
            for edge in self.edges
        ]
        return Graph(tuple(sorted(known.values())), tuple(sorted(edges)))

    def ids(self) -> dict[Node, str]:
        """Return a short name for each node."""
        return {node: f"n{number}" for number, node in enumerate(self.nodes, start=1)}


EMPTY = Graph((), ())


def leading_to(ends: Iterable[Node], edges: Iterable[Edge]) -> Graph:
    """Return the part of a graph from which a way leads to one of `ends`."""
    before: dict[Node, list[Edge]] = {}
    for edge in edges:
        before.setdefault(edge.target, []).append(edge)
    pending = list(ends)
    nodes, kept = set(pending), set()
    while pending:
        for edge in before.get(pending.pop(), ()):
            kept.add(edge)
            if edge.source not in nodes:
                nodes.add(edge.source)
                pending.append(edge.source)
    return Graph(tuple(sorted(nodes)), tuple(sorted(kept)))
