"""# BGT201 missing-background-tasks

Reports a call that leaves out the `BackgroundTasks` which the called function needs.

## What it does
Follows every call of a helper, route, dependency, method or class that takes a `BackgroundTasks`,
over any number of modules, and reports the calls that do not pass one where

- the parameter is required, or
- its default is `Depends(...)` or `None` and the function uses it without looking whether it is
  there.

## Why is this bad?
FastAPI fills in `BackgroundTasks` only for functions that it calls itself: path operations and
dependencies. A plain call is plain Python. The request fails with a 500, and as the type checker is
often silent about defaults and decorated functions, it fails first in production.

## Example
```python
def send_receipt(order_id: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(mail_receipt, order_id)


@app.post("/orders/{order_id}/pay")
async def pay(order_id: int) -> dict[str, bool]:
    send_receipt(order_id)
    return {"paid": True}
```

Use instead:

```python
@app.post("/orders/{order_id}/pay")
async def pay(order_id: int, background_tasks: BackgroundTasks) -> dict[str, bool]:
    send_receipt(order_id, background_tasks)
    return {"paid": True}
```

## Not reported
- A parameter that is optional and guarded (`if background_tasks:`), unused, or that has a fallback
  such as `asyncio.create_task` or a synchronous branch.
- `*args` or `**kwargs` in the call that may carry the instance; a `partial` that has bound it.
- A function behind a decorator that supplies the parameter, or behind one that is not known.
- `Depends(helper)` in a signature: there FastAPI makes the call.
- A default `= BackgroundTasks()`: one instance is shared by all calls (BGT102).
- Tests that call a handler directly, dead branches such as `if TYPE_CHECKING:`.

## Fix
Fix: safe. Add `background_tasks: BackgroundTasks` to every function between the route and the
helper and pass it in every call. No fix where a caller is not reached from an HTTP route (script,
worker, WebSocket, startup), or where not all callers are known. Fixes arrive in a later release.

## What FastAPI does
Measured from 0.68.0 to 0.165.0. Required: `TypeError: helper() missing 1 required positional
argument: 'background_tasks'`. Default `None`: `AttributeError: 'NoneType' object has no attribute
'add_task'`. Default `Depends()`: `'Depends' object has no attribute 'add_task'`. The injection
happens in `solve_dependencies` (`fastapi/dependencies/utils.py`), which a plain call never meets.
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
    code="BGT201",
    name="missing-background-tasks",
    summary="a call leaves out the BackgroundTasks that the function needs",
    fix="safe",
    check=check,
)
