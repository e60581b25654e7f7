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

Fix: safe. Annotates with `BackgroundTasks` and drops the default, as for BGT304.

## What FastAPI does

All versions from 0.68 to 0.165: `analyze_param` in `fastapi/dependencies/utils.py` makes a query
parameter of what it can't place. Without a default: 422 (`loc: ["query", "background_tasks"]`).
With `= None`: None, AttributeError at `.add_task`. With `= BackgroundTasks()`: a fresh copy of the
default for each request, which is attached to nothing; the client sees 200.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.project.exports import TASKS_NAME
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.declarations import declarations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report parameters that are used like a `BackgroundTasks` but not annotated as one."""
    for declared in declarations(program):
        effect = _effect(program, declared)
        if effect is not None:
            yield _finding(program, declared, effect)


def _effect(program: Program, declared: Declaration) -> str | None:
    """Return what happens at run time, None where the parameter is no background tasks."""
    vague = declared.annotation is None or declared.shape.form == "any"
    if not vague or declared.marker.kind != "none" or declared.parameter.kind.startswith("var_"):
        return None
    default = declared.default
    if default is not None and program.instances.is_the_class(default):
        return "it holds the class itself, and add_task() fails"
    if default is not None and not program.instances.is_none(default):
        made = program.is_tasks(program.value(default))
        return "each request gets a copy of the default, which never runs" if made else None
    if not _is_used(program, declared):
        return None
    if default is None:
        return "it is a required query parameter, and every request is answered 422"
    return "it is a query parameter, and no task is ever added"


def _is_used(program: Program, declared: Declaration) -> bool:
    name = declared.parameter.name
    return bool(TASKS_NAME.fullmatch(name)) and program.instances.needs(
        declared.scope, name, even_guarded=True
    )


def _finding(program: Program, declared: Declaration, effect: str) -> Finding:
    message = (
        f"{declared.parameter.name!r} has no annotation that FastAPI could inject by: {effect}; "
        f"annotate it with BackgroundTasks{program.chains.text(declared.scope)}"
    )
    return found(
        "BGT305",
        declared.scope.path,
        declared.parameter.span,
        message,
        program.chains.related(declared.scope),
    )


RULE = Rule(
    code="BGT305",
    name="unannotated-background-tasks",
    summary="the parameter has no annotation that FastAPI could inject by",
    fix="safe",
    check=check,
)
