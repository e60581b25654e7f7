"""One line about an error of our own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

DEBUG = "FLAKE8_BGTASKS_DEBUG"


def describe(error: Exception) -> str:
    """Say what happened and where; print the traceback too if the environment asks for it."""
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"{text} (at {_place(error)}; {DEBUG}=1 shows the traceback)"


def print_traceback(error: Exception, stream: TextIO) -> None:
    """Print everything that Python knows about the error."""
    import traceback

    traceback.print_exception(error, file=stream)


def _place(error: Exception) -> str:
    """Name the innermost line of this package on the way to the error."""
    import traceback
    from pathlib import Path

    package = Path(__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if package in Path(frame.filename).parents]
    if not ours:
        return "an unknown place"
    frame = ours[-1]
    return f"{Path(frame.filename).relative_to(package).as_posix()}:{frame.lineno} in {frame.name}"
