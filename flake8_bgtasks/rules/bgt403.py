"""# BGT403 websocket-background-tasks

A WebSocket route or its dependency adds tasks to an injected `BackgroundTasks`: nobody runs them.

## What it does
Reports `add_task` on the instance that FastAPI injects into a WebSocket route, or into a dependency
of one. Where the task is added in a helper that path operations use too, or where the instance goes
out of sight, the parameter of the WebSocket route is reported instead.

## Why is this bad?
Tasks run after the response, and a WebSocket has none. FastAPI injects an instance all the same, so
nothing fails: the tasks are collected and dropped when the connection ends.

## Example
```python
@app.websocket("/rooms/{room}")
async def join(socket: WebSocket, room: str, tasks: BackgroundTasks):
    await socket.accept()
    async for message in socket.iter_text():
        tasks.add_task(archive, room, message)
```

Use instead:
```python
@app.websocket("/rooms/{room}")
async def join(socket: WebSocket, room: str):
    await socket.accept()
    async for message in socket.iter_text():
        await run_in_threadpool(archive, room, message)
```

## Not reported
- Tasks that are awaited afterwards: `await tasks()` runs them.
- An instance that is handed to code that is not known, if anything in the project runs instances
  by hand.
- Dependencies of path operations only; and those that path operations share with a WebSocket,
  where the instance goes out of sight.

## Fix
Fix: none. By hand: call the function where the work should happen (`await f(…)`, or
`await run_in_threadpool(f, …)`), start it with `asyncio.create_task` and keep a reference, or run
the collected tasks with `await tasks()` before the route ends.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: the instance is injected and its tasks never run;
`await tasks()` runs them. `fastapi/routing.py` `get_websocket_app` solves the dependencies and
ignores the tasks that come with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.byhand import runs_instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding, Span
    from flake8_bgtasks.tracking.additions import Injected
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that are added to the instance of a WebSocket connection."""
    seen: set[tuple[str, Span]] = set()
    for key in program.additions.injected:
        if program.requests.serve_websockets(key[0]):
            for finding in _findings(program, key):
                if (finding.path, finding.span) not in seen:
                    seen.add((finding.path, finding.span))
                    yield finding


def _findings(program: Program, key: Injected) -> Iterator[Finding]:
    fate = program.fates.of_parameter_itself(*key)
    if fate.executed and not fate.awaited:
        if not runs_instances(program) and not program.requests.serve_http(key[0]):
            yield _at_parameter(program, key, ())
        return
    lost = [add for add in sorted(fate.adds) if not _is_awaited(program, add, fate.awaited)]
    if not lost:
        return
    adds = sorted(program.additions.of[key]) if not fate.awaited else lost
    if all(_serves_only_websockets(program, add) for add in adds):
        yield from (_at_call(program, add) for add in adds)
    else:
        yield _at_parameter(program, key, adds)


def _is_awaited(program: Program, add: NodeRef, awaited: frozenset[NodeRef]) -> bool:
    """Return whether the instance may be awaited after a call that adds to it."""
    owner = program.units.owner
    return any(owner(wait) != owner(add) or program.ways.reaches(add, wait) for wait in awaited)


def _serves_only_websockets(program: Program, add: NodeRef) -> bool:
    owners = program.additions.owners.get(add, ())
    return not any(program.requests.serve_http(scope) for scope, _ in owners)


def _at_call(program: Program, add: NodeRef) -> Finding:
    function = program.function_around(add)
    message = (
        "this task never runs: FastAPI runs tasks after a response, and a WebSocket has none; "
        "call the function here, or run the tasks with 'await tasks()' before the route ends"
        f"{program.chains.text(function)}"
    )
    related = program.chains.related(function)
    return found("BGT403", add.path, program.span(add), message, related)


def _at_parameter(
    program: Program, key: Injected, adds: tuple[NodeRef, ...] | list[NodeRef]
) -> Finding:
    scope, name = key
    parameter = next(p for p in program.units.scope(scope).parameters if p.name == name)
    message = (
        f"the tasks added to {name!r} never run: FastAPI runs tasks after a response, and a "
        f"WebSocket has none; call the functions directly, or run the tasks with 'await {name}()'"
        f"{program.chains.text(scope)}"
    )
    related = [Related(a.path, program.span(a), "a task is added to it here") for a in adds]
    related += program.chains.related(scope)
    return found("BGT403", scope.path, parameter.span, message, related)


RULE = Rule(
    code="BGT403",
    name="websocket-background-tasks",
    summary="tasks of a WebSocket route never run",
    fix="none",
    check=check,
)
