"""The graph as JSON, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flake8_bgtasks.reporters.document import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.picture.graph import Graph

VERSION = 1


def render(graph: Graph) -> Iterator[str]:
    """Yield the lines of a document; edges name their nodes by `id`, paths are relative."""
    ids = graph.ids()
    document = {
        "version": VERSION,
        "nodes": [{"id": ids[node], **asdict(node)} for node in graph.nodes],
        "edges": [
            {**asdict(edge), "source": ids[edge.source], "target": ids[edge.target]}
            for edge in graph.edges
        ],
    }
    yield from lines_of(document)
