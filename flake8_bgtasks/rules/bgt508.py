"""# BGT508 unknown-method

A `BackgroundTasks` is used in a way that its class does not have.

## What it does
Reports, wherever an instance is known to be one:

- methods that do not exist, such as `.add(f)`, `.append(f)`, `.add_tasks(f, g)`;
- calling the instance with arguments: `tasks(f, x)`;
- `with BackgroundTasks() as tasks:`;
- `BackgroundTasks(f)`, `BackgroundTasks(f, x)` and `BackgroundTasks([f])`;
- `BackgroundTask(f).add_task(g)`: a single task takes no others;
- `BackgroundTasks.add_task(f)` on the class;
- `tasks.tasks.clear()` right after tasks were added.

## Why is this bad?
Most of these raise in the request, and the client gets a 500. `BackgroundTasks([f])` raises after
the response; a cleared list loses its tasks without a word.

## Example
```python
@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.append(send_welcome_mail)
    return {"email": email}
```

Use instead:

```python
@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_welcome_mail, email)
    return {"email": email}
```

## Not reported
- Methods that a subclass of the project, or a class that is not known, defines.
- Attributes that the code sets itself, or asks for with `hasattr`.
- `tasks.tasks.append(BackgroundTask(f))`, `BackgroundTasks([BackgroundTask(f)])`, `await tasks()`.
- `BackgroundTasks.add_task(tasks, f)`.
- A list that is cleared under a condition, or before tasks are added.

## Fix
Fix: safe. Calls `add_task` where a function and the arguments it takes are handed to the instance,
to a method such as `.add` or `.append`, or to `BackgroundTasks.add_task` on the class, which takes
the injected instance then. `background=BackgroundTasks(f, x)` and `BackgroundTasks([f, g])` become
tasks of the injected instance, and so do both tasks of a `BackgroundTask` that another one is added
to. The block of a `with` comes out of it. Unsafe: `tasks.clear()` behind an `add_task` goes. No fix
where more than one thing can be meant, such as several functions in one `add`.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: `AttributeError` or `TypeError` and a 500; `BackgroundTasks([f])`
fails after the 200. The class has `tasks`, `add_task` and `__call__`, and nothing else:
`BackgroundTasks` in `starlette/background.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report uses of a `BackgroundTasks` that its class does not have."""
    for misuse in program.misuses.all:
        yield found_at(program, "BGT508", misuse.at, f"{misuse.problem}; {misuse.advice}")


RULE = Rule(
    code="BGT508",
    name="unknown-method",
    summary="a BackgroundTasks is used in a way that its class does not have",
    fix="safe",
    check=check,
)
