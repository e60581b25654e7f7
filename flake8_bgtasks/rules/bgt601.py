"""# BGT601 closed-resource

Reports a background task that is given a resource which is closed before the task runs.

## What it does

Follows what `add_task` gets back to where it was opened, over functions, modules, classes and
dependencies: arguments, variables that a closure, lambda or `partial` captures, and the object of a
method that is the task. It reports what is closed by then:

- the target of a `with` or `async with` block of the path operation, or of a function that it calls
- what such a function makes and closes itself, in a `finally` block or as one of its statements
- what a dependency yields and closes after its `yield`, itself or by a generator of which it yields
  on what that yields, on FastAPI 0.106 to 0.117
- the same with `Depends(…, scope="function")`, from FastAPI 0.121 on
- an object of your classes that keeps one of these, and uses it in the task: a repository that is
  built on the session, a unit of work
- a row that an SQLAlchemy or SQLModel session loaded or saved, of which the task is the first to
  read a lazy relationship, or any column after a `commit()` (not where `expire_on_commit` is set)
- the path of a temporary file or folder that a block deletes

Closed by a block means that it is opened by a class or function that is known for it (`open`,
`httpx.Client`, SQLAlchemy's `Session`, `tempfile`, …), or that your own `__exit__` or
`@contextmanager` closes it. The finding stands on the `add_task` call.

## Why is this bad?

The response is sent first and the task runs then: with a closed file (`ValueError: I/O operation on
closed file`), a closed client (`RuntimeError`), a deleted path. A closed SQLAlchemy session does
not even complain: it takes another connection, which nobody gives back, and rows loaded before are
detached from it.

## Example

```python
@app.post("/reports/{name}")
def create_report(name: str, background_tasks: BackgroundTasks):
    with open(LOG, "a") as log:
        print(name, file=log)
        background_tasks.add_task(build_report, name, log)
```

Use instead:

```python
def build_and_log(name: str) -> None:
    with open(LOG, "a") as log:
        build_report(name, log)


@app.post("/reports/{name}")
def create_report(name: str, background_tasks: BackgroundTasks):
    background_tasks.add_task(build_and_log, name)
```

## Not reported

- Session factories, engines and pools; what a dependency returns or yields without closing it.
- Plain values that were read before, such as `user.id`, and rows whose columns are loaded.
- A resource that the task does not use, or only closes.
- A `with` block over an object that is not known to be closed by it.
- Dependencies with `yield` on releases that keep them open until the task has run: see BGT603.

## Fix

Fix: none. Open the resource in the task, and pass it ids and plain values.

## What FastAPI does

Measured from 0.68.0 to 0.165.0: a block of the path operation ends before the response is sent. The
code of a dependency after `yield` runs after the tasks up to 0.105 and from 0.118 on, before them
on 0.106 to 0.117 (the exit stack of `get_request_handler` in `fastapi/routing.py`); with
`scope="function"`, which exists from 0.121 on, before them too.
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
    """Report tasks that use what is closed before they run."""
    reported = set()
    for used in program.once(resources_in_tasks):
        reason = _reason(program, used)
        if reason is not None and used.add not in reported:
            reported.add(used.add)
            where = program.function_around(used.add)
            message = f"{reason}{program.chains.text(where)}"
            related = [*used.related, *program.chains.related(where)]
            yield found("BGT601", used.add.path, program.span(used.add), message, related)


def _reason(program: Program, used: Used) -> str | None:
    """Return what closes the resource before the task runs, None where nothing does."""
    if used.source.kind == "finally":
        return f"{used.name} is closed before {used.task} runs; {_advice(used)}"
    if used.source.kind == "with":
        if used.is_deleted:
            return f"{used.name} is deleted with its block, before {used.task} runs; keep the file"
        return f"{used.name} is closed with its block, before {used.task} runs; {_advice(used)}"
    version = program.settings.fastapi_version
    early = f"{used.provider} closes {used.name} before {used.task} runs"
    if used.source.scope == "function" and version in HAS_DEPENDS_SCOPE:
        return f"{early}, as its Depends says scope='function'; {_advice(used)}"
    if version in LEAVES_BEFORE_TASKS:
        return f"{early} on FastAPI {LEAVES_BEFORE_TASKS}; {_advice(used)}"
    return None


def _advice(used: Used) -> str:
    if not used.detached:
        return "open it in the task"
    row = f"the row that {used.name} loaded can't load {used.detached!r} then"
    return f"{row} (DetachedInstanceError); pass an id, and load it in the task"


RULE = Rule(
    code="BGT601",
    name="closed-resource",
    summary="a background task uses a resource that is closed before it runs",
    fix="none",
    check=check,
)
