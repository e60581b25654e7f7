"""# BGT502 awaited-add-task

`await` stands before `add_task`, which returns None.

## What it does
Reports `await tasks.add_task(…)` on a `BackgroundTasks`, in routes, dependencies and helpers.

## Why is this bad?
`add_task` is a plain method: it puts the function on a list and returns None. Awaiting None raises
a `TypeError`, the request fails with a 500, and no task of the request runs, this one included.

## Example
```python
@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    await background_tasks.add_task(send_welcome_mail, email)
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
- A subclass of `BackgroundTasks` that defines `add_task` with `async def`.
- `add_task` of other classes, such as task groups and queues, where it is async.

## Fix
Fix: safe. Removes `await`.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: `TypeError: object NoneType can't be used in 'await' expression`, a
500 for the client, and the tasks are lost. `BackgroundTasks.add_task` in `starlette/background.py`
has no `async` and returns None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found_at
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def check(program: Program) -> Iterator[Finding]:
    """Report calls of `add_task` that are awaited."""
    for added in program.added.calls:
        if program.units.is_awaited(added.call) and _is_plain(program, added.call):
            message = (
                "add_task() returns None, which can't be awaited: TypeError, the request fails "
                "and its tasks are lost; remove 'await'"
            )
            yield found_at(program, "BGT502", added.call, message)


def _is_plain(program: Program, call: NodeRef) -> bool:
    """Return whether the instance is surely not of a subclass whose `add_task` is async."""
    node = program.units.node(call)
    method = program.units.node(call._replace(node=node.function))  # type: ignore[union-attr]
    if not isinstance(method, facts.Attribute):
        return False
    base = call._replace(node=method.base)
    if program.instances.injected_parameters(base) is not None:
        return True
    exact = all(isinstance(t, Instance) and t.exact for t in program.value(base))
    return exact or not _has_async_subclass(program)


def _has_async_subclass(program: Program) -> bool:
    return any(
        scope.kind == "function"
        and scope.name == "add_task"
        and scope.is_async
        and (cls := program.evaluator.classes.class_of(ref)) is not None
        and program.is_tasks_class(Class(cls))
        for ref, scope in program.scopes
    )


RULE = Rule(
    code="BGT502",
    name="awaited-add-task",
    summary="add_task is awaited, although it returns None",
    fix="safe",
    check=check,
)
