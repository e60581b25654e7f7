"""Context managers of libraries whose target can't be used behind the block."""

from __future__ import annotations

CLOSED_BY_WITH = frozenset(
    {
        *("builtins.open", "io.open", "os.fdopen", "pathlib.Path().open", "codecs.open"),
        *("gzip.open", "bz2.open", "lzma.open", "gzip.GzipFile", "bz2.BZ2File", "lzma.LZMAFile"),
        *("tarfile.open", "tarfile.TarFile.open", "zipfile.ZipFile", "zipfile.ZipFile().open"),
        *("io.StringIO", "io.BytesIO", "shelve.open", "mmap.mmap", "urllib.request.urlopen"),
        *("socket.socket", "socket.create_connection", "smtplib.SMTP", "smtplib.SMTP_SSL"),
        *("ftplib.FTP", "ftplib.FTP_TLS", "imaplib.IMAP4", "imaplib.IMAP4_SSL"),
        *("tempfile.TemporaryFile", "tempfile.SpooledTemporaryFile"),
        *("contextlib.closing", "contextlib.aclosing", "multiprocessing.Pool"),
        *("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor"),
        *("asyncio.TaskGroup", "anyio.create_task_group"),
        *("aiofiles.open", "anyio.open_file", "aiofiles.tempfile.TemporaryFile"),
        *("httpx.Client", "httpx.AsyncClient", "httpx2.Client", "httpx2.AsyncClient"),
        *("aiohttp.ClientSession", "aiohttp.client.ClientSession"),
        *("sqlalchemy.orm.Session", "sqlalchemy.orm.session.Session", "sqlmodel.Session"),
        *("sqlalchemy.ext.asyncio.AsyncSession", "sqlmodel.ext.asyncio.session.AsyncSession"),
        *("sqlalchemy.ext.asyncio.session.AsyncSession", "sqlalchemy.orm.sessionmaker().begin"),
        *("sqlalchemy.ext.asyncio.async_sessionmaker().begin",),
        *("sqlalchemy.Engine().connect", "sqlalchemy.Engine().begin"),
        *("sqlalchemy.ext.asyncio.AsyncEngine().connect",),
        *("sqlalchemy.ext.asyncio.AsyncEngine().begin",),
        *("psycopg.connect", "psycopg.Connection.connect", "psycopg.AsyncConnection.connect"),
        *("psycopg_pool.ConnectionPool().connection",),
        *("psycopg_pool.AsyncConnectionPool().connection",),
        *("asyncpg.Pool().acquire", "aiosqlite.connect", "paramiko.SSHClient"),
        *("aioboto3.Session().client", "aioboto3.Session().resource"),
    }
)

TEMPORARY_FILES = frozenset({"tempfile.NamedTemporaryFile", "aiofiles.tempfile.NamedTemporaryFile"})
"""`.name` of what they give is the path of a file that is deleted, unless `delete=False`."""

TEMPORARY_FOLDERS = frozenset(
    {"tempfile.TemporaryDirectory", "aiofiles.tempfile.TemporaryDirectory"}
)
"""They give the path of a folder that is deleted with all that is in it."""

PATHS = frozenset(
    {
        *("builtins.str", "os.fspath", "os.path.join", "os.path.abspath", "os.path.realpath"),
        *("pathlib.Path", "pathlib.PurePath"),
    }
)
"""What they give for a path leads to the same file, or to one in the same folder."""

CLOSES = frozenset(
    {
        *("close", "aclose", "disconnect", "quit", "logout", "shutdown", "release"),
        *("remove", "__exit__", "__aexit__", "wait_closed", "close_all"),
    }
)
"""Methods after which an object can't be used, or not as before."""

CLOSES_ARGUMENT = frozenset(
    {"release", "putconn", "close", "aclose", "cleanup", "return_connection"}
)
"""Functions and methods that close what they are given, by the last part of their names."""

USABLE = frozenset(
    {
        *("close", "aclose", "closed", "is_closed", "is_active", "name", "mode"),
        *("bind", "get_bind", "engine", "url", "info", "__class__", "__dict__"),
    }
)
"""Attributes that can be read of a closed object."""
