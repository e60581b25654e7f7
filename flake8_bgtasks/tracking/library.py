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


_HTTP = "get post put patch delete head options request"

BLOCKS = frozenset(
    {
        "time.sleep",
        *_members("requests", _HTTP),
        *_members("requests.Session()", f"{_HTTP} send"),
        *_members("httpx", f"{_HTTP} stream"),
        *_members("httpx.Client()", f"{_HTTP} send stream"),
        *_members("urllib.request", "urlopen urlretrieve"),
        *_members("subprocess", "run call check_call check_output getoutput getstatusoutput"),
        *_members("os", "system wait waitpid"),
        *_members("smtplib", "SMTP SMTP_SSL LMTP"),
        *_members("ftplib", "FTP FTP_TLS"),
        *_members("imaplib", "IMAP4 IMAP4_SSL"),
        *_members("poplib", "POP3 POP3_SSL"),
        *_members("telnetlib", "Telnet"),
        *_members("socket", "create_connection getaddrinfo gethostbyname"),
        *_members("psycopg2", "connect"),
        *_members("psycopg", "connect"),
        *_members("pymysql", "connect"),
        *_members("MySQLdb", "connect"),
        *_members("mysql.connector", "connect"),
        *_members("pyodbc", "connect"),
        *_members("cx_Oracle", "connect"),
        *_members("oracledb", "connect"),
    }
)
"""Functions that wait for something outside the process."""


def blocks(name: str) -> bool:
    """Return whether a call of a function of a library waits without giving way."""
    return name in BLOCKS or name.replace("requests.sessions.", "requests.") in BLOCKS
