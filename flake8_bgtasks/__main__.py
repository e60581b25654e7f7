"""`flake8-bgtasks` and `python -m flake8_bgtasks`."""

from __future__ import annotations

import gc
import io
import os
import sys


def main() -> int:
    """Run the command line face on this process's arguments and streams; return the exit code.

    What a check makes it keeps: nobody looks for garbage, and at the end neither does Python. What
    takes longer turns it on again.
    """
    gc.disable()
    try:
        stdout, arguments = _stream(sys.stdout), sys.argv[1:]
        if "--no-cache" not in arguments:
            from flake8_bgtasks.cache.runs import recall

            code = recall(arguments, stdout)
            if code is not None:
                return code
        from flake8_bgtasks.cli import Console, run

        return run(arguments, Console(stdout, _stream(sys.stderr), _read_stdin))
    except KeyboardInterrupt:
        return 130
    finally:
        gc.freeze()


def _read_stdin() -> bytes:
    return sys.stdin.buffer.read() if sys.stdin else b""


def _stream(stream: object) -> io.TextIOWrapper:
    """Write UTF-8 as flake8 does, and never fail on a character; nothing if it is closed."""
    if not isinstance(stream, io.TextIOWrapper):
        return open(os.devnull, "w", encoding="utf-8")
    stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


if __name__ == "__main__":
    sys.exit(main())
