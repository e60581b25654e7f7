"""# BGT402 raise-after-add-task

A task is added, and then the request fails on every path: the task never runs.

## What it does
Reports `add_task` on an injected instance where every way on from there ends in an exception that
leaves the path operation or dependency. It follows branches, loops, `with`, `try` with its handlers
and `finally`, helpers that always raise, and callers: a helper that adds a task and raises is
reported there, a call of a helper that adds tasks is reported where the caller raises after it.

## Why is this bad?
FastAPI attaches the tasks to the response only when the path operation returns. After an exception
another response is sent, by an exception handler, and that one carries no tasks. Typical is the
failure report in an `except` branch: `add_task(report_failure)` followed by
`raise HTTPException(500)`. It looks right, and no failure is ever reported.

## Example
```python
@app.post("/imports")
def start_import(url: str, tasks: BackgroundTasks):
    try:
        return fetch(url)
    except FetchError as error:
        tasks.add_task(report_failure, url, str(error))
        raise HTTPException(502, "could not fetch the file")
```

Use instead:
```python
@app.post("/imports")
def start_import(url: str, tasks: BackgroundTasks):
    try:
        return fetch(url)
    except FetchError as error:
        tasks.add_task(report_failure, url, str(error))
        return JSONResponse({"detail": "could not fetch the file"}, status_code=502)
```

## Not reported
- A task after which some way leads to a normal end: `try: add_task(…); return …` with
  `except: raise`, or a branch that returns a response.
- Exceptions that a `try`, a `with suppress(…)` or a caller on the way catches, if it then returns.
- Functions under a decorator of the project that catches the exception, or under one that is not
  known.
- Instances that other code may attach, such as one kept on `request.state` for an exception
  handler.
- WebSocket routes (BGT403), and code after the `yield` of a dependency (BGT404).

## Fix
Fix: none. What should happen is a decision: return a `JSONResponse` with the status code instead of
raising, which keeps the tasks; or do the work before raising; or keep the instance on
`request.state` and attach it, `background=request.state.tasks`, in an exception handler.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: the task is lost after an `HTTPException` (in a route,
a dependency, an `except` or a `finally`), a custom exception with a handler, and an unhandled one.
`fastapi/routing.py` `get_request_handler` sets `response.background` after the path operation has
returned; an exception passes it by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.raising import losses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.raising import Loss


def check(program: Program) -> Iterator[Finding]:
    """Report tasks after which the request fails, whatever way it takes."""
    seen = set()
    for loss in losses(program):
        if loss.at not in seen:
            seen.add(loss.at)
            yield _finding(program, loss)


def _finding(program: Program, loss: Loss) -> Finding:
    function = program.function_around(loss.at)
    what = "this task" if loss.at == loss.add else "the task that this call adds"
    message = (
        f"{what} never runs: every path from here raises, and FastAPI drops the tasks of a request "
        f"that raises; return an error response instead, or do the work before raising"
        f"{program.chains.text(function)}"
    )
    related = [
        Related(loss.at.path, leave.span, "the exception is raised here")
        for leave in program.ways.leaves(loss.at)
        if leave.how == "raise"
    ]
    if loss.at != loss.add:
        related.append(Related(loss.add.path, program.span(loss.add), "the task is added here"))
    return found(
        "BGT402",
        loss.at.path,
        program.span(loss.at),
        message,
        [*related, *program.chains.related(function)],
    )


RULE = Rule(
    code="BGT402",
    name="raise-after-add-task",
    summary="the request fails after the task was added, so the task never runs",
    fix="none",
    check=check,
)
