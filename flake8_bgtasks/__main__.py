"""`flake8-bgtasks` and `python -m flake8_bgtasks`."""

from __future__ import annotations

import gc
import io
import os
import sys


def program() -> int:
    """Do what `main` does, and end the process without Python's tidying up, which takes longer.

    Unless somebody has asked to be called at its end.
    """
    code = main()
    if "atexit" in sys.modules:
        return code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):  # closed: Python knows what to do
        return code
    os._exit(code)


def main() -> int:
    """Run the command line face on this process's arguments and streams; return the exit code.

    What a check makes it keeps: nobody looks for garbage, and where Python tidies up at the end, it
    doesn't either. What takes longer turns it on again.
    """
    gc.disable()
    try:
        stdout, arguments, stdin = _stream(sys.stdout), sys.argv[1:], _Stdin()
        if "--no-cache" not in arguments:
            from flake8_bgtasks.cache.runs import recall

            code = recall(arguments, stdout, stdin.read)
            if code is not None:
                return code
        from flake8_bgtasks.cli import Console, run

        return run(arguments, Console(stdout, _stream(sys.stderr), stdin.read))
    except KeyboardInterrupt:
        return 130
    finally:
        gc.freeze()


class _Stdin:
    """Standard input, for all who ask for its content."""

    def __init__(self) -> None:
        self._content: bytes | None = None

    def read(self) -> bytes:
        """Read it to its end, once."""
        if self._content is None:
            self._content = sys.stdin.buffer.read() if sys.stdin else b""
        return self._content


def _stream(stream: object) -> io.TextIOWrapper:
    """Write UTF-8 as flake8 does, and never fail on a character; nothing if it is closed."""
    if not isinstance(stream, io.TextIOWrapper):
        return open(os.devnull, "w", encoding="utf-8")
    stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


if __name__ == "__main__":
    sys.exit(program())
