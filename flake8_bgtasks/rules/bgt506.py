"""# BGT506 task-with-injected-defaults

The task function has defaults such as `Depends(…)`, which nobody replaces in a task.

## What it does
Looks up the task function over all modules. Where a parameter that it uses defaults to `Depends()`,
`Security()`, `Query()`, `Header()`, `Body()` or the like, and the `add_task` call does not pass a
value for it, the call is reported.

## Why is this bad?
FastAPI replaces such defaults in functions that it calls itself: routes and dependencies. A task is
called by Starlette with what `add_task` was given. The parameter then holds the marker object: a
`Depends` in place of a database session, a `Query` in place of a number. The task fails with an
`AttributeError` after the response, or works with a wrong value.

## Example
```python
def purge(days: int, session: Session = Depends(get_session)) -> None:
    session.execute(delete_older_than(days))


@app.post("/purge")
async def start_purge(background_tasks: BackgroundTasks) -> dict[str, bool]:
    background_tasks.add_task(purge, 30)
    return {"started": True}
```

Use instead:

```python
def purge(days: int) -> None:
    with SessionLocal() as session:
        session.execute(delete_older_than(days))


@app.post("/purge")
async def start_purge(background_tasks: BackgroundTasks) -> dict[str, bool]:
    background_tasks.add_task(purge, 30)
    return {"started": True}
```

## Not reported
- A parameter that the call passes, by position or by keyword.
- A parameter that the function does not use.
- `Annotated[Session, Depends(get_session)]` without a default: the argument is missing, BGT503.
- Functions behind a decorator that is not known, such as those that inject by themselves.

## Fix
Fix: none. By hand: open the resource in the task, or pass the value in `add_task`.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: the task gets the raw marker object. Only `solve_dependencies` in
`fastapi/dependencies/utils.py` replaces it, and `BackgroundTask.__call__` in
`starlette/background.py` never goes there.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found_at
from flake8_bgtasks.tracking.markers import is_marked_default
from flake8_bgtasks.tracking.signatures import mismatch, missing_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking import facts
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that get a marker object where FastAPI would inject a value."""
    for added in program.added.calls:
        said = program.added.verdict(added, partial(_marked, program))
        if said is None or missing_tasks(program, added) is not None:
            continue
        site, parameter = said
        message = (
            f"the task {program.added.function_named(site)} is not passed {parameter.name!r}, and "
            f"nobody injects it into a task: it gets the raw default, not a value; pass it in "
            f"{added.name}(), or get it in the task"
        )
        declared = Related(
            site.function.path, parameter.span, f"{parameter.name!r} is declared here"
        )
        yield found_at(program, "BGT506", added.call, message, [declared])


def _marked(program: Program, site: Site) -> facts.SignatureParameter | None:
    """Return a parameter that is left to a default which only FastAPI replaces."""
    if not site.is_exact or mismatch(program, site) is not None:
        return None
    for parameter in program.units.scope(site.function).parameters[site.bound :]:
        if (
            is_marked_default(program, site.function, parameter)
            and program.binder.argument_for(site, parameter.name) is None
            and program.units.is_read(site.function, parameter.name)
        ):
            return parameter
    return None


RULE = Rule(
    code="BGT506",
    name="task-with-injected-defaults",
    summary="the task is left to defaults such as Depends(), which only FastAPI replaces",
    fix="none",
    check=check,
)
