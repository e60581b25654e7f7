"""# BGT303 background-task-parameter

Reports a parameter annotated `BackgroundTask` (without s) of a function that FastAPI calls.

## What it does

Looks at path operations, dependencies and everything else that FastAPI calls itself, and finds
parameters whose annotation is Starlette's `BackgroundTask`. The finding stands on the parameter.
Also found when the import hides the missing letter: `from starlette.background import
BackgroundTask as BackgroundTasks`.

## Why is this bad?

FastAPI injects `BackgroundTasks`, with s. `BackgroundTask` is a single task; FastAPI takes it for a
body field, pydantic can't build it, and the import of the module fails.

## Example

```python
from starlette.background import BackgroundTask

@app.post("/users")
def create_user(background_tasks: BackgroundTask): ...
```

Use instead:

```python
from fastapi import BackgroundTasks

@app.post("/users")
def create_user(background_tasks: BackgroundTasks): ...
```

## Not reported

- Parameters of functions that FastAPI does not call: a helper that gets one task from its caller, a
  Response subclass with `background: BackgroundTask | None`.
- `task: BackgroundTask = Depends(get_tasks)`: newest FastAPI calls `get_tasks` and does not look at
  the annotation.
- A class of your own named `BackgroundTask`, such as an ORM model.

## Fix

Fix: safe. Annotates with `BackgroundTasks` from `fastapi` and drops the default, as for BGT304; the
import of `BackgroundTask` goes when nothing else uses it.

## What FastAPI does

All versions from 0.68 to 0.165, with any default and as `BackgroundTask | None`:
`fastapi.exceptions.FastAPIError: Invalid args for response field!` when the decorator runs, so at
import. Source: `fastapi/dependencies/utils.py`, `add_non_field_param_to_dependency` accepts only
`BackgroundTasks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.declarations import declarations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report parameters annotated with Starlette's single `BackgroundTask`."""
    for declared in declarations(program):
        if is_single_task(declared):
            yield _finding(program, declared)


def is_single_task(declared: Declaration) -> bool:
    """Return whether FastAPI would have to make a `BackgroundTask` for a parameter."""
    if declared.shape.what != "task" or declared.shape.form not in ("plain", "union"):
        return False
    marker = declared.marker
    return marker.kind in ("none", "field") or (marker.on_type and declared.shape.form == "plain")


def _finding(program: Program, declared: Declaration) -> Finding:
    message = (
        f"{declared.parameter.name!r} is annotated BackgroundTask (no s), which FastAPI can't "
        "inject: the app does not start; annotate it with fastapi.BackgroundTasks"
        f"{program.chains.text(declared.scope)}"
    )
    return found(
        "BGT303",
        declared.scope.path,
        declared.parameter.span,
        message,
        program.chains.related(declared.scope),
    )


RULE = Rule(
    code="BGT303",
    name="background-task-parameter",
    summary="a parameter is annotated BackgroundTask (no s): the app does not start",
    fix="safe",
    check=check,
)
