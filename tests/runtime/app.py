"""Run one step of a proof against an application, and tell what happened."""

from __future__ import annotations

import asyncio
import gc
import inspect
import socket
import threading
import time
import warnings
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette import testclient
from starlette.testclient import TestClient

from tests.runtime.project import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.runtime.proof import Step
    from tests.runtime.recorder import Recorder

httpx: Any = vars(testclient)["httpx"]  # httpx or httpx2, as Starlette's test client takes it


@dataclass
class Outcome:
    """What a step did. `texts` are a response's body, or what a WebSocket received."""

    status: int | None = None
    texts: tuple[str, ...] = ()
    error: BaseException | None = None
    started: Counter[str] = field(default_factory=Counter)
    warnings: tuple[str, ...] = ()


class Watched:
    """An ASGI application that keeps the exception that leaves it, and knows when it is idle.

    A background task runs after the response: a client that has the response must wait for it.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._running = 0
        self._changed = threading.Condition()
        self._error: BaseException | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        self._count(1)
        try:
            await self._app(scope, receive, send)
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._count(-1)

    def finish(self) -> BaseException | None:
        """Wait until no request runs; return the exception that left the application, if any."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._running, timeout=10)
        error, self._error = self._error, None
        return error

    def _count(self, change: int) -> None:
        with self._changed:
            self._running += change
            self._changed.notify_all()


@contextmanager
def serve(app: Watched, server: str) -> Iterator[Any]:
    """A client of the started application: `testclient` (in-process) or `uvicorn` (a socket)."""
    if server == "testclient":
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client
    else:
        # A connection for each request: the server closes one whose background task has failed.
        limits = httpx.Limits(max_keepalive_connections=0)
        with (
            _uvicorn(app) as url,
            httpx.Client(base_url=url, trust_env=False, limits=limits) as client,
        ):
            yield client


@contextmanager
def _uvicorn(app: Watched) -> Iterator[str]:
    config = uvicorn.Config(app, lifespan="on", log_level="critical", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def perform(step: Step, app: Watched, client: Any, recorder: Recorder) -> Outcome:
    """Do one step and wait until its background tasks are done."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcome = _ACTIONS.get(step.method, _request)(step, client)
        outcome.error = app.finish() or outcome.error
        if step.warns:
            _wait_for(step.warns, caught)
    outcome.started = recorder.take()
    outcome.warnings = tuple(str(warning.message) for warning in caught)
    return outcome


def _wait_for(text: str, caught: Sequence[warnings.WarningMessage]) -> None:
    """Wait for a warning: another thread may be about to drop what it is about."""
    until = time.monotonic() + 2
    while not any(text in str(warning.message) for warning in caught) and time.monotonic() < until:
        gc.collect()
        time.sleep(0.01)


def _request(step: Step, client: Any) -> Outcome:
    try:
        response = client.request(
            step.method,
            step.path,
            json=step.json,
            params=step.params,
            headers=step.headers,
            data=step.data,
            files={name: tuple(file) for name, file in (step.files or {}).items()} or None,
            follow_redirects=False,
        )
    except httpx.HTTPError as error:
        return Outcome(error=error)
    return Outcome(response.status_code, (response.text,))


def _websocket(step: Step, client: Any) -> Outcome:
    assert isinstance(client, TestClient), "WebSockets are driven by the test client only"
    received: list[str] = []
    try:
        with client.websocket_connect(step.path, headers=dict(step.headers or {})) as session:
            for text in step.send:
                session.send_text(text)
            received.extend(session.receive_text() for _ in step.expect)
    except Exception as error:
        return Outcome(texts=tuple(received), error=error)
    return Outcome(texts=tuple(received))


def _call(step: Step, _client: Any) -> Outcome:
    function = load(step.path)
    try:
        result = function(**(step.json or {}))
        if inspect.iscoroutine(result):
            asyncio.run(result)
    except Exception as error:
        return Outcome(error=error)
    return Outcome()


_ACTIONS = {"WEBSOCKET": _websocket, "CALL": _call}
