"""# BGT204 task-needs-background-tasks

Reports `add_task(helper)` where `helper` needs a `BackgroundTasks` that is not passed on.

## What it does
Looks at the function given to `add_task` (or to `BackgroundTask`), through `partial`, methods and
imports. Where it has a `BackgroundTasks` parameter that it needs, and the arguments that follow do
not fill it, the `add_task` call is reported.

## Why is this bad?
A task is called by Starlette, after the response, with exactly the arguments that were given to
`add_task`. Nothing is injected. The task fails with a `TypeError` when the client has its 200
already, and the tasks behind it in the list are lost as well.

## Example
```python
def rebuild_index(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(warm_cache)


@app.post("/index")
async def index(background_tasks: BackgroundTasks) -> dict[str, bool]:
    background_tasks.add_task(rebuild_index)
    return {"accepted": True}
```

Use instead:

```python
@app.post("/index")
async def index(background_tasks: BackgroundTasks) -> dict[str, bool]:
    background_tasks.add_task(rebuild_index, background_tasks)
    return {"accepted": True}
```

## Not reported
- A parameter that is optional and guarded, or unused.
- A `partial` that binds the instance; `*args` or `**kwargs` in the call.
- Other arguments that do not fit the task: BGT503.

## Fix
Fix: safe. Passes the instance on: `add_task(helper, background_tasks)`. Tasks that a running task
adds to the same instance are run, after those that are there. Unsafe for the `BackgroundTask` of a
response, which becomes a task of the injected instance. No fix where the instance has no name in
the function.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: the client gets a 200, then `TypeError: helper() missing 1 required
positional argument: 'background_tasks'` in the server log; later tasks of the request do not run.
The loop is `BackgroundTasks.__call__` in `starlette/background.py` and `fastapi/background.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.signatures import missing_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that require a `BackgroundTasks` which `add_task` does not pass."""
    for added in program.added.calls:
        missing = missing_tasks(program, added)
        if missing is not None:
            yield _finding(program, *missing)


def _finding(program: Program, site: Site, parameter: TasksParameter) -> Finding:
    name = program.units.scope(site.function).qualname
    around = program.function_around(site.call)
    message = (
        f"the task {name}() needs a BackgroundTasks for {parameter.name!r}, and nobody injects one "
        f"into a task: TypeError after the response; call {name}() in the request, or pass the "
        f"instance: add_task({name}, …, {parameter.name}=…){program.chains.text(around)}"
    )
    declared = Related(
        site.function.path, parameter.declared.span, f"{parameter.name!r} is declared here"
    )
    return found(
        "BGT204",
        site.call.path,
        program.span(site.call),
        message,
        [declared, *program.chains.related(around)],
    )


RULE = Rule(
    code="BGT204",
    name="task-needs-background-tasks",
    summary="a background task itself needs a BackgroundTasks that add_task does not pass",
    fix="safe",
    check=check,
)
