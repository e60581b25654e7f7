"""The names of FastAPI, Starlette and the standard library that the rules speak of."""

from __future__ import annotations

from typing import Literal

from flake8_bgtasks.tracking.things import External, Thing

TASKS_CLASSES = frozenset(
    {
        "fastapi.BackgroundTasks",
        "fastapi.background.BackgroundTasks",
        "fastapi.applications.BackgroundTasks",
        "starlette.background.BackgroundTasks",
    }
)
TASK_CLASSES = frozenset(
    {"starlette.background.BackgroundTask", "starlette.responses.BackgroundTask"}
)
APPS = frozenset({"fastapi.FastAPI", "fastapi.applications.FastAPI"})
ROUTERS = frozenset({"fastapi.APIRouter", "fastapi.routing.APIRouter"}) | APPS
STARLETTE_APPS = frozenset(
    {
        "starlette.applications.Starlette",
        "starlette.routing.Router",
        "starlette.routing.Mount",
    }
)
OTHER_FRAMEWORKS = frozenset({"flask", "aiohttp", "sanic", "quart", "bottle"})
ROUTE_CLASSES: dict[str, Literal["route", "websocket"]] = {
    "fastapi.routing.APIRoute": "route",
    "fastapi.routing.APIWebSocketRoute": "websocket",
}
STARLETTE_ROUTES = frozenset({"starlette.routing.Route", "starlette.routing.WebSocketRoute"})
DEPENDS = frozenset(
    {
        "fastapi.Depends",
        "fastapi.Security",
        "fastapi.params.Depends",
        "fastapi.params.Security",
        "fastapi.param_functions.Depends",
        "fastapi.param_functions.Security",
    }
)
PARTIALS = frozenset({"functools.partial", "functools.partialmethod"})
CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
OPTIONAL = frozenset({"typing.Optional", "typing_extensions.Optional"})
UNION = frozenset({"typing.Union", "typing_extensions.Union"})
VAGUE_TYPES = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions", "collections.abc")
    for name in ("Any", "Self", "Callable", "Awaitable", "Coroutine")
)
"""Types that say less than what is assigned or returned."""

ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
TRANSPARENT_TYPES = frozenset(
    {
        "typing.Final",
        "typing.ClassVar",
        "typing.Required",
        "typing.NotRequired",
        "typing_extensions.Final",
        "typing_extensions.ClassVar",
    }
)
WRAPS = frozenset({"functools.wraps"})
PLAIN_BASES = frozenset(
    {
        "builtins.object",
        "abc.ABC",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "typing.Generic",
    }
)
"""Base classes that add no attributes and change nothing about how objects are made."""

CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
CACHES = frozenset({"functools.lru_cache", "functools.cache"})

DATACLASSES = frozenset(
    {
        "dataclasses.dataclass",
        "pydantic.dataclasses.dataclass",
        "attrs.define",
        "attrs.frozen",
        "attr.s",
    }
)

RESPONSE_MODULES = ("starlette.responses", "fastapi.responses", "starlette.templating", "fastapi")
RESPONSE_NAMES = frozenset(
    {
        "Response",
        "JSONResponse",
        "HTMLResponse",
        "PlainTextResponse",
        "RedirectResponse",
        "StreamingResponse",
        "FileResponse",
        "ORJSONResponse",
        "UJSONResponse",
        "EventSourceResponse",
    }
)
OTHER_RESPONSES = frozenset(
    {"sse_starlette.EventSourceResponse", "sse_starlette.sse.EventSourceResponse"}
)

KEEPS_SIGNATURE = (
    frozenset(
        {
            "builtins.staticmethod",
            "builtins.classmethod",
            "typing.override",
            "typing_extensions.override",
            "typing.final",
            "typing_extensions.deprecated",
            "warnings.deprecated",
            "abc.abstractmethod",
            "contextlib.contextmanager",
            "contextlib.asynccontextmanager",
            "typing.no_type_check",
            "tenacity.retry",
            "dataclasses.dataclass",
            "backoff.on_exception",
            "backoff.on_predicate",
        }
    )
    | CACHES
)

HARMLESS = frozenset(
    {
        f"builtins.{name}"
        for name in ("isinstance", "bool", "id", "print", "repr", "str", "type", "hasattr", "len")
    }
    | {"builtins.hash", "builtins.callable", "builtins.dir"}
)
"""Calls that look at an argument and let it go."""

CALLS_FIRST_ARGUMENT = frozenset(
    {
        "functools.partial",
        "asyncio.to_thread",
        "anyio.to_thread.run_sync",
        "starlette.concurrency.run_in_threadpool",
        "fastapi.concurrency.run_in_threadpool",
    }
)
"""`g(f, *args)` that calls `f(*args)`."""

HTTP_EXCEPTIONS = frozenset(
    {
        "fastapi.HTTPException",
        "fastapi.exceptions.HTTPException",
        "starlette.exceptions.HTTPException",
    }
)

NEVER_RETURN = frozenset({"sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit"})
NEVER = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions")
    for name in ("NoReturn", "Never")
)
SMALL_CLASSES = frozenset({f"builtins.{name}" for name in ("dict", "list", "set", "tuple")}) | {
    *("sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.scoped_session"),
    *("sqlalchemy.ext.asyncio.async_sessionmaker", "sqlalchemy.ext.asyncio.async_scoped_session"),
}
"""Classes whose names don't start with a capital letter."""

RETURNS = {
    "sqlalchemy.create_engine": "sqlalchemy.Engine",
    "sqlmodel.create_engine": "sqlalchemy.Engine",
    "sqlalchemy.ext.asyncio.create_async_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "asyncpg.create_pool": "asyncpg.Pool",
    "asyncio.get_running_loop": "asyncio.AbstractEventLoop",
    "asyncio.get_event_loop": "asyncio.AbstractEventLoop",
    "asyncio.new_event_loop": "asyncio.AbstractEventLoop",
}
"""The classes of what functions of libraries return."""

CALLED = {
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.Session",
    "sqlalchemy.orm.scoped_session": "sqlalchemy.orm.Session",
    "sqlalchemy.ext.asyncio.async_sessionmaker": "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.async_scoped_session": "sqlalchemy.ext.asyncio.AsyncSession",
}
"""The classes of what objects of libraries return when they are called."""

STARTS_COROUTINE = frozenset({"asyncio.create_task", "asyncio.ensure_future"})
THREADS = frozenset({"threading.Thread", "threading.Timer"})
SUBMITS = frozenset(
    f"{module}.{name}().submit"
    for module in ("concurrent.futures", "concurrent.futures.thread")
    for name in ("ThreadPoolExecutor", "ProcessPoolExecutor")
)

TEMPLATE_RESPONSES = frozenset(
    f"{package}.templating.Jinja2Templates().TemplateResponse"
    for package in ("fastapi", "starlette")
)

RUNNERS = frozenset(
    {"asyncio.run", "asyncio.create_task", "asyncio.ensure_future", "asyncio.gather", "anyio.run"}
)


def is_external(thing: Thing, names: frozenset[str]) -> bool:
    """Return whether `thing` is one of the external `names`."""
    return isinstance(thing, External) and thing.name in names


def is_add_task(name: str) -> bool:
    """Return whether the external `name` is the method `add_task` of a `BackgroundTasks`."""
    return name.removesuffix("().add_task") in TASKS_CLASSES and name not in TASKS_CLASSES


def is_response_class(name: str) -> bool:
    """Return whether the external class `name` is a response that takes `background=`."""
    module, _, last = name.rpartition(".")
    return name in OTHER_RESPONSES or (last in RESPONSE_NAMES and module in RESPONSE_MODULES)
