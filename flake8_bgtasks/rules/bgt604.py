"""# BGT604 unread-request-body

Reports a background task that is the first to read the body of the request.

## What it does

Follows the `Request` that FastAPI passes to a path operation or dependency into background tasks,
over functions, closures and objects. It reports the `add_task` of a task that awaits
`request.body()`, `request.json()`, `request.form()` or reads `request.stream()` where nothing can
have read the body before the response is sent.

## Why is this bad?

The body is only there while the request is answered. On a real server the task raises
`ClientDisconnect` and does nothing, and the client has its 200. Tests don't show it: Starlette's
test client gives the body out later, too.

## Example

```python
async def store_event(request: Request) -> None:
    EVENTS.append(await request.json())


@app.post("/webhook")
async def receive(request: Request, background_tasks: BackgroundTasks):
    background_tasks.add_task(store_event, request)
```

Use instead:

```python
async def store_event(event: dict[str, str]) -> None:
    EVENTS.append(event)


@app.post("/webhook")
async def receive(request: Request, background_tasks: BackgroundTasks):
    background_tasks.add_task(store_event, await request.json())
```

## Not reported

- A path operation or dependency that reads the body itself, or hands the request to other code: the
  request remembers it.
- Path operations with a parameter that FastAPI takes from the body.
- Tasks that read other things of the request: headers, URL, client, state.
- Projects whose middleware, route classes or routers' dependencies may read the body.

## Fix

Fix: none. Read the body before `add_task` and pass what was read.

## What FastAPI does

Measured from 0.68.0 to 0.165.0 with uvicorn: when the response is complete, the server's `receive`
says `http.disconnect`, and `Request.stream` in `starlette/requests.py` raises `ClientDisconnect`.
A body that was read before is kept in the request, where a task finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.lifetimes.bodies import unread_bodies
from flake8_bgtasks.rules.base import Rule, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that read the body of a request after the response."""
    reported = set()
    for unread in program.once(unread_bodies):
        if unread.add not in reported:
            reported.add(unread.add)
            where = program.function_around(unread.add)
            message = (
                f"{unread.task} reads the body of {unread.name!r} after the response: "
                f"ClientDisconnect on a real server; read it before and pass the result"
                f"{program.chains.text(where)}"
            )
            span = program.span(unread.parameter)
            request = Related(unread.parameter.path, span, f"{unread.name!r} is the request")
            related = [request, *program.chains.related(where)]
            yield found("BGT604", unread.add.path, program.span(unread.add), message, related)


RULE = Rule(
    code="BGT604",
    name="unread-request-body",
    summary="a background task reads the body of the request after the response",
    fix="none",
    check=check,
)
