"""What well-known functions of libraries do: what they return, and whether they block."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RETURNS: Mapping[str, str] = {
    "logging.getLogger": "logging.Logger",
    "sqlite3.connect": "sqlite3.Connection",
}
"""The classes of the objects that functions return."""

MAKES_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


def _members(module: str, names: str) -> Iterable[str]:
    return (f"{module}.{name}" for name in names.split())


_LOGS = "debug info warning warn error exception critical fatal log"

RETURNS_NONE = frozenset(
    {
        *_members("builtins", "print setattr delattr breakpoint"),
        *_members("logging", f"{_LOGS} basicConfig"),
        *_members("logging.Logger()", f"{_LOGS} setLevel addHandler removeHandler"),
        *_members("os", "remove unlink rename replace makedirs mkdir rmdir removedirs"),
        *_members("shutil", "rmtree copyfileobj copymode copystat"),
        *_members("random", "seed shuffle"),
        *_members("warnings", "warn simplefilter filterwarnings"),
        *_members("json", "dump"),
        *_members("pickle", "dump"),
        "time.sleep",
        "gc.enable",
    }
)

RETURNS_COROUTINE = frozenset(
    {
        *_members("asyncio", "sleep wait wait_for to_thread open_connection"),
        *_members("anyio", "sleep sleep_until sleep_forever"),
        *_members("anyio.to_thread", "run_sync"),
        *_members("starlette.concurrency", "run_in_threadpool run_until_first_complete"),
        *_members("fastapi.concurrency", "run_in_threadpool run_until_first_complete"),
    }
)

NEEDS_LOOP = frozenset(
    {
        *_members("asyncio", "create_task ensure_future gather"),
        *_members("asyncio.tasks", "create_task ensure_future gather"),
    }
)
"""Functions that raise in a thread without a running event loop."""

RETURNS_FUTURE = NEEDS_LOOP | {"asyncio.run_coroutine_threadsafe", "asyncio.shield"}
