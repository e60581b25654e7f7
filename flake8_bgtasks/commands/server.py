"""`flake8-bgtasks server`: a language server over standard input and output."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from flake8_bgtasks.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_bgtasks.commands.streams import Streams

HELP = """\
usage: flake8-bgtasks server

Start a language server that an editor talks to over standard input and output.
It reads the configuration of each folder as flake8-bgtasks does."""


def run(argv: Sequence[str], streams: Streams) -> int:
    """Serve until the editor says goodbye; return the exit code. Raises UsageError."""
    if list(argv) in (["-h"], ["--help"]):
        print(HELP, file=streams.stdout)
        return 0
    if argv and list(argv) != ["--stdio"]:
        raise UsageError(f"server: unrecognized arguments: {' '.join(argv)}")
    try:
        from flake8_bgtasks.server.app import make_server
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise UsageError("server: pip install 'flake8-bgtasks[server]'") from error
    gc.enable()
    make_server().start_io()
    return 0
