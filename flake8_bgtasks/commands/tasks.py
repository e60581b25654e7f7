"""`flake8-bgtasks tasks`: every background task of a project, in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.commands.shared import graph_of, split, write
from flake8_bgtasks.picture.inventory import as_json, as_table, inventory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_bgtasks.commands.streams import Streams

RENDERERS = {"text": as_table, "json": as_json}
DESCRIPTION = "List every background task: where it is added, from which routes, and if it is lost."


def run(argv: Sequence[str], streams: Streams) -> int:
    """List; return the exit code. Raises UsageError."""
    own, others = split("tasks", DESCRIPTION, tuple(RENDERERS), argv)
    if own.help:
        return write(own.text.splitlines(), own, streams)
    tasks = inventory(graph_of(others, streams))
    return write(RENDERERS[own.format](tasks), own, streams)
