"""# BGT603 pinned-resource

Reports a background task that keeps a dependency's resource open until the task has ended.

## What it does

Finds the same as BGT601, a task that uses what a dependency yields and closes afterwards, on the
FastAPI releases that do not close it before the task: up to 0.105, and from 0.118 on where
`Depends` doesn't say `scope="function"`. The finding stands on the `add_task` call. The rule is off
by default: the code works.

## Why is this bad?

The code behind `yield` waits for the task. A slow task keeps the connection checked out long after
the client has its response, and a few of them exhaust the pool. What the dependency commits behind
its `yield` is not there yet when the task looks for it in another way. And if the task raises, the
dependency sees the exception and rolls back what the client was told is saved.

## Example

```python
def get_db() -> Iterator[Session]:
    with Session(engine) as db:
        yield db
        db.commit()


@app.post("/orders")
def create_order(order: Order, background_tasks: BackgroundTasks, db: Session = Depends(get_db)):
    db.add(order)
    background_tasks.add_task(send_confirmation, db, order.id)
```

Use instead:

```python
def send_order_confirmation(order_id: int) -> None:
    with Session(engine) as db:
        send_confirmation(db, order_id)


@app.post("/orders")
def create_order(order: Order, background_tasks: BackgroundTasks, db: Session = Depends(get_db)):
    db.add(order)
    background_tasks.add_task(send_order_confirmation, order.id)
```

## Not reported

- What is closed before the task runs: that is BGT601.
- Session factories, engines and pools; what a dependency returns or yields without closing it.
- Plain values that were read before, and resources that the task does not use.

## Fix

Fix: none. Open the resource in the task, and pass it ids and plain values.

## What FastAPI does

Measured from 0.68.0 to 0.165.0: up to 0.105 and from 0.118 on, the exit stack that holds the
dependencies is left behind the background tasks (`request_response` in `fastapi/routing.py`), and
an exception of a task is raised at the `yield`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.lifetimes.resources_in_tasks import resources_in_tasks
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.versions import HAS_DEPENDS_SCOPE, LEAVES_BEFORE_TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.lifetimes.resources_in_tasks import Used
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that use a dependency's resource while it waits for them to end."""
    reported = set()
    for used in program.once(resources_in_tasks):
        if used.add not in reported and _is_pinned(program, used):
            reported.add(used.add)
            where = program.function_around(used.add)
            message = (
                f"{used.provider} closes {used.name}, and commits or rolls back, only after "
                f"{used.task} has ended; open it in the task{program.chains.text(where)}"
            )
            related = [*used.related, *program.chains.related(where)]
            yield found("BGT603", used.add.path, program.span(used.add), message, related)


def _is_pinned(program: Program, used: Used) -> bool:
    """Return whether the resource stays open for the task."""
    version = program.settings.fastapi_version
    if used.source.kind != "yield" or version in LEAVES_BEFORE_TASKS:
        return False
    return used.source.scope in (None, "request") or version not in HAS_DEPENDS_SCOPE


RULE = Rule(
    code="BGT603",
    name="pinned-resource",
    summary="a background task keeps a dependency's resource open until it has ended",
    fix="none",
    check=check,
)
