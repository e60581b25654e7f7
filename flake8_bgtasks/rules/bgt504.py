"""# BGT504 generator-task

The task is a generator: calling it runs nothing.

## What it does
Looks up the task function over all modules and reports it if its body has a `yield`: a generator,
an async generator, a `@contextmanager` or `@asynccontextmanager` function, a dependency with
`yield`, an object whose `__call__` is one. A lambda or function that only returns the generator it
makes is reported too.

## Why is this bad?
Calling a generator function only makes a generator. Starlette calls the task and drops what it
returns, so not even the first line of the body runs. There is no error and no warning.

## Example
```python
def import_rows(path: str) -> Iterator[int]:
    for number, row in enumerate(read(path)):
        store(row)
        yield number


@app.post("/imports")
async def start_import(path: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(import_rows, path)
    return {"path": path}
```

Use instead:

```python
def import_rows(path: str) -> None:
    for row in read(path):
        store(row)


@app.post("/imports")
async def start_import(path: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(import_rows, path)
    return {"path": path}
```

## Not reported
- A generator that is used up: `add_task(list, rows())`, `add_task(consume, rows())`.
- A function behind a decorator that runs the generator, or does something unknown with it.
- A function with an inner generator, a method that a subclass overrides without `yield`.

## Fix
Fix: none. By hand: remove the `yield`, or add a function that goes through the generator.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: the body never runs and nothing is logged.
`BackgroundTask.__call__` in `starlette/background.py` awaits coroutine functions and calls all
others in a worker thread; what they return is dropped.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that only make a generator."""
    for added in program.added.calls:
        said = program.added.verdict(added, partial(_generator, program))
        if said is not None:
            site, message = said
            definition = [program.added.definition(site)]
            yield found_at(program, "BGT504", added.call, message, definition)


def _generator(program: Program, site: Site) -> str | None:
    """Return what is wrong with a task function, None where it isn't a generator."""
    scope = program.units.scope(site.function)
    if site.how != "task" or program.wrapping.changes_result(site.function):
        return None
    name = program.added.function_named(site)
    if scope.is_generator:
        what = f"the task {name} is a generator function: calling it only makes a generator"
        return f"{what}, its body never runs; remove the 'yield', or add a function that iterates"
    returned = program.results.returned_by(site.function)
    if returned is not None and returned.kind == "generator":
        what = f"the task {name} only returns {returned.words}: nobody iterates over it"
        return f"{what}, its body never runs; go through it in the task"
    return None


RULE = Rule(
    code="BGT504",
    name="generator-task",
    summary="the task is a generator: its body never runs",
    fix="none",
    check=check,
)
