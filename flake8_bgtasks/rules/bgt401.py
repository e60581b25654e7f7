"""# BGT401 response-background-wins

A path operation returns a response with a background of its own: the injected tasks are lost.

## What it does
Reports the `return` of a path operation if the response it returns was given its own task object,
by `background=` or `.background =`, also in a function that builds it, or that is handed the task
object; and tasks were added to the injected instance: in the path operation on a way to that
`return`, in a helper it calls, or in a dependency, also one of the router or the app.

## Why is this bad?
A response has one background. FastAPI attaches the injected tasks only to a response that has none,
and says nothing where it can't: the client gets its answer, the response's own task runs, and the
others are dropped.

## Example
```python
@app.get("/exports/{name}")
def export(name: str, tasks: BackgroundTasks):
    tasks.add_task(log_export, name)
    path = write_export(name)
    return FileResponse(path, background=BackgroundTask(os.remove, path))
```

Use instead:
```python
@app.get("/exports/{name}")
def export(name: str, tasks: BackgroundTasks):
    tasks.add_task(log_export, name)
    path = write_export(name)
    tasks.add_task(os.remove, path)
    return FileResponse(path)
```

## Not reported
- `background=tasks` with the injected instance itself, and instances made of it:
  `BackgroundTasks([*tasks.tasks, own])`.
- A `return` that no added task comes before.
- A response that a helper builds only where it is asked to: `if stream:`, and the call passes
  `stream=False`.
- `background=` of calls that build no response, and `background=response.background`.
- What is not known: a background that comes from elsewhere.

## Fix
Fix: unsafe. Adds the response's own tasks to the injected instance, which the function takes if
need be, and drops `background=`. It is unsafe because tasks run now that did not before, and the
response's own run behind them: not if one of those raises. No fix where the response may not be
what is returned, gets its background in several steps, or is given it by another function.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0, with seven kinds of responses: the injected tasks are
lost, those of dependencies and routers too, and the response's own run; an empty own instance is
enough. `fastapi/routing.py` `get_request_handler`: `if raw_response.background is None:
raw_response.background = background_tasks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.displaced import displaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.displaced import Displaced
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report responses that push out the injected tasks."""
    for loss in displaced(program):
        yield _finding(program, loss)


def _finding(program: Program, loss: Displaced) -> Finding:
    message = (
        "this response has a background of its own, so FastAPI drops the injected tasks: they "
        "never run; add all tasks to the injected instance and leave 'background' out"
        f"{program.chains.text(loss.route)}"
    )
    related = [
        Related(loss.own.path, program.span(loss.own), "the response's own background"),
        *(Related(add.path, program.span(add), "this task is lost") for add in loss.adds),
        *program.chains.related(loss.route),
    ]
    return found("BGT401", loss.route.path, loss.returned.span, message, related)


RULE = Rule(
    code="BGT401",
    name="response-background-wins",
    summary="the returned response has its own background: the injected tasks are lost",
    fix="unsafe",
    check=check,
)
