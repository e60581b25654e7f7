"""`flake8-bgtasks graph`: the routes, functions and tasks of a project as a picture."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flake8_bgtasks.commands.shared import graph_of, split, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_bgtasks.commands.streams import Streams

FORMATS = ("mermaid", "dot", "svg", "html", "json")
DESCRIPTION = (
    "Draw how requests get to background tasks. Solid lines hand the injected BackgroundTasks on, "
    "dashed ones don't; red ones lose tasks."
)


def run(argv: Sequence[str], streams: Streams) -> int:
    """Draw; return the exit code. Raises UsageError."""
    own, others = split("graph", DESCRIPTION, FORMATS, argv)
    if own.help:
        return write(own.text.splitlines(), own, streams)
    graph = graph_of(others, streams)
    render = import_module(f"flake8_bgtasks.picture.{own.format}").render
    return write(render(graph), own, streams)
