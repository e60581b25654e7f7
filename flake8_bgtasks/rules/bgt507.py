"""# BGT507 task-raises-http-exception

The task raises `HTTPException`, which nobody can answer any more.

## What it does
Follows what the task function runs, over all modules, and reports it if a `raise` gets out of the
task: of `HTTPException`, of a subclass, or of an exception that the app has an exception handler
for. What is caught on the way, by `try`, `suppress` or a decorator, is not reported.

## Why is this bad?
An exception handler makes a response, and the client has one already: it never learns of the 404.
Starlette raises `RuntimeError` in place of the exception, and the tasks behind it in the list are
lost. It is usually a service function, written for a route, that was made a task later.

## Example
```python
def charge(order_id: int) -> None:
    order = ORDERS.get(order_id)
    if order is None:
        raise HTTPException(404, "no such order")
    print("charge", order)


@app.post("/orders/{order_id}/charge")
def start_charge(order_id: int, background_tasks: BackgroundTasks) -> dict[str, int]:
    background_tasks.add_task(charge, order_id)
    return {"order": order_id}
```

Use instead:

```python
def charge(order: Order) -> None:
    print("charge", order)


@app.post("/orders/{order_id}/charge")
def start_charge(order_id: int, background_tasks: BackgroundTasks) -> dict[str, int]:
    order = ORDERS.get(order_id)
    if order is None:
        raise HTTPException(404, "no such order")
    background_tasks.add_task(charge, order)
    return {"order": order_id}
```

## Not reported
- An exception that is caught in the task, in a function on the way, by `suppress`, or by a
  decorator that is not known.
- A `raise` that a flag among the parameters decides about: `if must_exist:`, by default False.
- Exceptions without a handler: the task fails, and the log says why.
- A handler for `Exception` or for status 500: Starlette calls it in another place.
- A handler of one of several apps in a project: it is not known which app runs the task.

## Fix
Fix: none. By hand: check in the route, where the client can be told, and log or retry in the task.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: the client has its 200; the server logs `RuntimeError: Caught
handled exception, but response already started.`; later tasks are lost. It is raised by
`ExceptionMiddleware` in `starlette/middleware/exceptions.py` (in newer releases by
`wrap_app_handling_exceptions` in `starlette/_exception_handler.py`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found_at
from flake8_bgtasks.tracking.late_raises import LateRaises
from flake8_bgtasks.tracking.signatures import mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.late_raises import LateRaise
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that raise what only a response could answer."""
    late = LateRaises(program)
    for added in program.added.calls:
        said = program.added.verdict(added, partial(_raise, program, late))
        if said is None:
            continue
        site, found = said
        name = program.added.name_of_called(found.raised)
        message = (
            f"the task {program.added.function_named(site)} may raise {name} when the response has "
            f"been sent{_way(program, found)}: RuntimeError, the client is not told, and the tasks "
            "behind it are lost; check before add_task(), or handle it in the task"
        )
        place = Related(found.raised.path, program.span(found.raised), f"{name} is raised here")
        yield found_at(
            program, "BGT507", added.call, message, [program.added.definition(site), place]
        )


def _raise(program: Program, late: LateRaises, site: Site) -> LateRaise | None:
    scope = program.units.scope(site.function)
    if scope.is_generator or program.wrapping.hides_async(site.function):
        return None
    return None if mismatch(program, site) is not None else late.of(site.function)


def _way(program: Program, found: LateRaise) -> str:
    """Return the functions between the task and the `raise`."""
    if len(found.functions) == 1:
        return ""
    return f" (through {' → '.join(program.units.scope(f).qualname for f in found.functions)})"


RULE = Rule(
    code="BGT507",
    name="task-raises-http-exception",
    summary="the task raises HTTPException when the response has been sent",
    fix="none",
    check=check,
)
