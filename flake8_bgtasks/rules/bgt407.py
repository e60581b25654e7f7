"""# BGT407 late-add-task

A task is added by code that runs beside the request: the response may have run its tasks already.

## What it does
Reports `add_task` on an injected instance in a function that `asyncio.create_task`, a thread or an
executor runs, where nothing in the request waits for it. If the function is called in other ways
too, the call that starts it is reported.

## Why is this bad?
The response runs the tasks that are there when it has been sent. What a detached coroutine or
thread adds afterwards goes to a list that nobody reads any more. It works in a test, where the work
takes no time, and loses tasks under load.

## Example
```python
async def crawl(url: str, tasks: BackgroundTasks):
    pages = await fetch_all(url)
    tasks.add_task(index, pages)


@app.post("/crawls")
async def start_crawl(url: str, tasks: BackgroundTasks):
    asyncio.create_task(crawl(url, tasks))
```

Use instead:
```python
async def crawl(url: str):
    pages = await fetch_all(url)
    await run_in_threadpool(index, pages)


@app.post("/crawls")
async def start_crawl(url: str, tasks: BackgroundTasks):
    tasks.add_task(crawl, url)
```

## Not reported
- Coroutines that are awaited, also by `gather`, `wait` or a task group, threads that are joined,
  and `await run_in_threadpool(…)`.
- A started task that other code may wait for: returned, stored on an object, passed on.
- Instances of its own that the function awaits: `await tasks()`.
- WebSocket routes (BGT403).

## Fix
Fix: none. By hand: add the whole work as a task, `tasks.add_task(crawl, url)`, and call there what
was added as a task before; or await it before the response.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: tasks added from `create_task` or a thread after the
request are lost. `starlette/background.py` `BackgroundTasks.__call__` goes once through the list
when the response has been sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.late import LateTasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.late import Late
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report what may be added after the response has run its tasks."""
    seen = set()
    for late in LateTasks(program).found():
        starter = program.function_around(late.start)
        if late.at not in seen and not program.requests.serve_websockets(starter):
            seen.add(late.at)
            yield _finding(program, late)


def _finding(program: Program, late: Late) -> Finding:
    function = program.function_around(late.at)
    what = "this task may be" if late.at != late.start else "the tasks of what is started here are"
    message = (
        f"{what} added after the response has run its tasks, and then never run: nothing waits for "
        "the code that adds them; await it, or add the whole work with add_task()"
        f"{program.chains.text(function)}"
    )
    related = list(program.chains.related(function))
    if late.at != late.start:
        place = program.span(late.start)
        related.insert(0, Related(late.start.path, place, "the code is started here"))
    return found("BGT407", late.at.path, program.span(late.at), message, related)


RULE = Rule(
    code="BGT407",
    name="late-add-task",
    summary="a task is added beside the request, maybe after the response ran its tasks",
    fix="none",
    check=check,
)
