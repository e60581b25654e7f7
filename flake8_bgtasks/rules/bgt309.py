"""# BGT309 subclass-parameter

Reports a parameter annotated with a subclass of `BackgroundTasks` that adds or overrides members.

## What it does

Looks at functions that FastAPI calls and finds parameters whose annotation is a class of the
project that inherits from `BackgroundTasks` and defines something of its own. The finding stands on
the parameter.

## Why is this bad?

FastAPI recognises the subclass, but injects a plain `BackgroundTasks`. An overridden method is
silently not used: the retry, the logging or the tracing that it adds never happens. A method that
the subclass adds raises AttributeError at the first request. Type checkers see neither.

## Example

```python
class LoggedTasks(BackgroundTasks):
    def add_task(self, func, *args, **kwargs):
        log.info("queued %s", func.__name__)
        super().add_task(func, *args, **kwargs)

@app.post("/users")
def create_user(tasks: LoggedTasks): ...
```

Use instead:

```python
def logged_tasks(background_tasks: BackgroundTasks) -> LoggedTasks:
    tasks = LoggedTasks()
    tasks.tasks = background_tasks.tasks  # one list: FastAPI runs what is added
    return tasks

@app.post("/users")
def create_user(tasks: Annotated[LoggedTasks, Depends(logged_tasks)]): ...
```

## Not reported

- A subclass that adds nothing (`class Tasks(BackgroundTasks): pass`, a docstring): nothing is
  missed.
- A subclass that a dependency returns: `Annotated[LoggedTasks, Depends(logged_tasks)]`.
- Functions that FastAPI does not call: they get what their caller hands over.

## Fix

Fix: none, because how to combine the two is your decision. Annotate with `BackgroundTasks` and call
a function that adds what you need, or let a dependency wrap the injected instance as above.

## What FastAPI does

0.68 to 0.165: `add_non_field_param_to_dependency` in `fastapi/dependencies/utils.py` accepts every
subclass (`lenient_issubclass`), then `solve_dependencies` makes one `BackgroundTasks()` per request
and passes that. With `Depends` from 0.128.2 on the annotation is not looked at; before, that form
was refused for annotated parameters.
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
    code="BGT309",
    name="subclass-parameter",
    summary="The parameter is annotated with a subclass: FastAPI injects the plain class",
    fix="none",
    check=check,
)
