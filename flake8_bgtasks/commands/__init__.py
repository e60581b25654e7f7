"""What the program does besides checking: `flake8-bgtasks graph`, `tasks` and `server`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_bgtasks.commands.streams import Streams

COMMANDS = ("graph", "tasks", "server")
"""A folder of such a name is checked as `./graph`."""


def run_command(argv: Sequence[str], streams: Streams) -> int:
    """Run the command that `argv` starts with; return the exit code. Raises UsageError."""
    from importlib import import_module

    run = import_module(f"{__name__}.{argv[0]}").run
    code: int = run(argv[1:], streams)
    return code
