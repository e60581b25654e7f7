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
Fix: safe. Adds `background_tasks: BackgroundTasks` to every function between the route and the
call, unless it has one under any name, and passes it. Where a request stays the same by it, the
route gets `Depends(helper)` instead (`--fix-style`). No fix where a caller is not reached from an
HTTP route (script, worker, WebSocket, startup), or where not all callers are known.

## What FastAPI does
Measured from 0.68.0 to 0.165.0. Required: `TypeError: helper() missing 1 required positional
argument: 'background_tasks'`. Default `None`: `AttributeError: 'NoneType' object has no attribute
'add_task'`. Default `Depends()`: `'Depends' object has no attribute 'add_task'`. The injection
happens in `solve_dependencies` (`fastapi/dependencies/utils.py`), which a plain call never meets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report calls that leave out a `BackgroundTasks` argument which the function needs."""
    for ref, _ in program.calls:
        if program.is_test(ref.path) or program.is_given_to_depends(ref):
            continue
        reached, complete = program.binder.sites(ref)
        sites = [site for site in reached if not _is_always_overridden(program, site)]
        missing = [_missing(program, site) for site in sites if site.how in ("call", "forward")]
        if complete and len(missing) == len(sites) and missing and all(missing):
            yield _finding(program, sites[0], missing[0])  # type: ignore[arg-type]


def _is_always_overridden(program: Program, site: Site) -> bool:
    """Return whether a call never reaches an abstract method that takes tasks: only overrides."""
    if not program.instances.parameters(site.function):
        return False
    abstract = "abc.abstractmethod" in program.evaluator.classes.decorator_names(site.function)
    return abstract and program.units.scope(site.function).is_stub


def _missing(program: Program, site: Site) -> TasksParameter | None:
    """Return the parameter that a call leaves out although the function needs it."""
    for parameter in program.instances.parameters(site.function) if site.is_exact else ():
        if program.units.scope(site.function).is_stub:
            return None
        left_out = program.binder.argument_for(site, parameter.name) is None
        if left_out and program.instances.is_required(parameter):
            return parameter
    return None


def _finding(program: Program, site: Site, parameter: TasksParameter) -> Finding:
    name = program.units.scope(site.function).qualname
    default = parameter.declared.default
    error = "TypeError" if default is None else "AttributeError"
    around = program.function_around(site.call)
    message = (
        f"{name}() is called without its BackgroundTasks argument {parameter.name!r}, which only "
        f"FastAPI injects: {error} at run time; pass an injected BackgroundTasks, or let FastAPI "
        f"call it with Depends({name}){program.chains.text(around)}"
    )
    declared = Related(
        site.function.path, parameter.declared.span, f"{parameter.name!r} is declared here"
    )
    return found(
        "BGT201",
        site.call.path,
        program.span(site.call),
        message,
        [declared, *program.chains.related(around)],
    )


RULE = Rule(
    code="BGT201",
    name="missing-background-tasks",
    summary="a call leaves out the BackgroundTasks that the function needs",
    fix="safe",
    check=check,
)
