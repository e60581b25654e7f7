"""# BGT102 shared-background-tasks

A `BackgroundTasks` instance lives longer than one request, and tasks are added to it.

## What it does
Reports instances at module level, in a class attribute, on `app.state`, from an `lru_cache`d
factory, pre-bound with `partial`, or used as the default argument of a function that is called
directly. Also a singleton or list that keeps the instance of one request for the next ones.

## Why is this bad?
FastAPI never runs an instance that it did not make. Tasks pile up in the shared list: none runs,
and the list grows until the process ends. If the shared instance is attached to a response, every
earlier task of every earlier request runs again with each response. A kept instance of an earlier
request has already run, so that tasks added later are lost.

## Example
```python
tasks = BackgroundTasks()


@app.post("/orders")
def create_order(order: Order):
    tasks.add_task(send_receipt, order)
    return order
```

Use instead:
```python
@app.post("/orders")
def create_order(order: Order, tasks: BackgroundTasks):
    tasks.add_task(send_receipt, order)
    return order
```

## Not reported
- An instance that a script makes, fills and runs itself, as with `asyncio.run(tasks())`.
- A shared instance that no task is ever added to.
- The default of a route's own parameter, `tasks: BackgroundTasks = BackgroundTasks()`: FastAPI
  ignores the default and injects a new instance.
- An instance on `request.state`: it lives as long as the request.

## Fix
Fix: unsafe. Every function that reads the instance from a variable of a module, from a class or
from `app.state` takes a parameter, up to the routes, and the variable goes with its imports. A
cached factory hands on the instance that it takes, and is no longer cached. A default goes too, and
the calls that left it out pass the injected instance. `partial(f, BackgroundTasks())` becomes `f`,
and its calls pass the injected instance. It is unsafe because tasks that never ran will run. No fix
for an object that keeps a request's instance: what it is to hold instead is for you to say.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: tasks of a global, a class attribute, `app.state` or a
cached factory are lost and the list grows; with `background=tasks` every earlier task runs again.
`starlette/background.py` `BackgroundTasks.__call__` runs all of `self.tasks` and removes none.
`fastapi/dependencies/utils.py` `solve_dependencies` makes a new instance for each request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.instances import is_cached
from flake8_bgtasks.tracking.shared import kept_instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.fate import Fate
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def check(program: Program) -> Iterator[Finding]:
    """Report instances that outlive a request and that tasks are added to."""
    for birth in program.instances.tasks:
        if program.is_test(birth.path) or not _outlives(program, birth):
            continue
        fate = program.instances.shared_fate(birth)
        if fate.adds and not fate.executed:
            yield _finding(program, birth, fate)
    for kept in kept_instances(program):
        message = (
            "an object that outlives the request keeps this request's BackgroundTasks: tasks that "
            "later requests add to it never run; pass the instance on instead of keeping it"
        )
        yield found("BGT102", kept.path, kept.span, message)


def _outlives(program: Program, birth: NodeRef) -> bool:
    instances = program.instances
    if instances.is_default(birth):
        return instances.default_is_used(birth)
    if not instances.is_in_function(birth) or instances.is_kept_globally(birth):
        return True
    return is_cached(program, program.function_around(birth)) or instances.is_prebound(birth)


def _finding(program: Program, birth: NodeRef, fate: Fate) -> Finding:
    name = program.instances.class_name(birth)
    effect = (
        "every response runs all tasks ever added again"
        if fate.attached
        else "its tasks never run and pile up"
    )
    message = (
        f"this {name}() is shared by all requests: {effect}; "
        "take an injected 'background_tasks: BackgroundTasks' parameter instead"
    )
    related = [
        Related(add.path, program.span(add), "a task is added to it here")
        for add in sorted(fate.adds)
    ]
    return found("BGT102", birth.path, program.span(birth), message, related)


RULE = Rule(
    code="BGT102",
    name="shared-background-tasks",
    summary="a BackgroundTasks instance outlives its request: tasks are lost, or all run again",
    fix="unsafe",
    check=check,
)
