"""# BGT301 starlette-background-task

Reports `BackgroundTask` (without s) taken from Starlette in a project that uses FastAPI.

## What it does

Finds `from starlette.background import BackgroundTask`, the same name from `starlette.responses`,
and the attribute `starlette.background.BackgroundTask`. The finding stands on the import, or on the
attribute expression. Where the class travels through a module of the project, it stands where
Starlette is imported.

## Why is this bad?

A `BackgroundTask` runs only when it is attached to the response that is returned. It can't be
injected, each response holds one, and the response that carries it pushes out the tasks that
FastAPI injected: those are lost without a word. A response made by hand also skips the route's
`response_model`.

## Example

```python
from starlette.background import BackgroundTask

@app.post("/users")
def create_user(user: NewUser):
    return JSONResponse({"ok": True}, background=BackgroundTask(send_welcome, user.email))
```

Use instead:

```python
from fastapi import BackgroundTasks

@app.post("/users")
def create_user(user: NewUser, background_tasks: BackgroundTasks):
    background_tasks.add_task(send_welcome, user.email)
    return {"ok": True}
```

## Not reported

- A class that is used only where nothing is injected: exception handlers, middleware, Starlette
  endpoints, custom route classes, wrappers under `functools.wraps`.
- A task that an exception carries to its handler: `raise PaymentError(background=task)`.
- Response subclasses that pass it on: `def __init__(self, *, background: BackgroundTask | None =
  None)`.
- Functions that no known code calls, in modules that do not import FastAPI, and in tests.
- Projects that use Starlette without FastAPI, and classes of your own with that name.
- A parameter of a route or dependency annotated with it (BGT303), an import that fails (BGT308), a
  response that pushes out injected tasks (BGT401): those say more.

## Fix

Fix: safe. Where `SomeResponse(…, background=BackgroundTask(f, …))` surely goes straight to FastAPI,
it injects `BackgroundTasks`, adds the task before that and drops the keyword; `.background =` is
replaced alike. Unsafe where the project's routes and dependencies take tasks already, which the
response's task pushed out, where the task's arguments are computed, or where a helper gets the
task: it gets the injected instance then. A task in a variable is moved too. No fix for one that is
kept in an object.

## What FastAPI does

All versions from 0.68 to 0.165: FastAPI attaches the injected tasks only to a response that has no
`background` of its own (`fastapi/routing.py`, `get_request_handler`). Starlette awaits
`response.background` after the body is sent (`starlette/responses.py`, `Response.__call__`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.displaced import displaced
from flake8_bgtasks.tracking.imports import starlette_task
from flake8_bgtasks.tracking.places import Places
from flake8_bgtasks.tracking.undecided import undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_MESSAGE = (
    "Starlette's BackgroundTask runs only where it is attached to the response that is returned, "
    "and pushes out tasks that FastAPI injected; inject BackgroundTasks and call add_task() instead"
)


def check(program: Program) -> Iterator[Finding]:
    """Report where `BackgroundTask` is taken from Starlette, made where tasks could be injected."""
    if not program.uses_fastapi:
        return
    places, origins = program.once(Places), program.once(starlette_task)
    displacing = frozenset(loss.own for loss in displaced(program))
    for origin in origins.unused():
        if origin not in origins.uses:
            yield found("BGT301", origin.path, origin.span, _MESSAGE)
    for origin, uses in origins.uses.items():
        for use in uses:
            place = places.of(use)
            if _is_made(program, use, displacing) and places.can_be_injected(place):
                related = Related(use.path, program.span(use), "a BackgroundTask is made here")
                message = _MESSAGE + program.chains.text(place)
                yield found("BGT301", origin.path, origin.span, message, [related])
                break


def _is_made(program: Program, ref: NodeRef, displacing: frozenset[NodeRef]) -> bool:
    """Return whether a node that is the class is called, in a function; BGT401 is left aside."""
    if not program.instances.is_in_function(ref):
        return False
    reads = (ref, *program.links.reads.get(ref, ()))
    calls = (call for read in reads for call in _calls(program, read))
    return any(call not in displacing and not _is_raised(program, call) for call in calls)


def _calls(program: Program, ref: NodeRef) -> Iterator[NodeRef]:
    for user in program.units.using(ref):
        node = program.units.node(user)
        if isinstance(node, facts.Call) and node.function == ref.node:
            yield user


def _is_raised(program: Program, task: NodeRef) -> bool:
    """Return whether an exception carries it to its handler: injected tasks would be lost."""
    users = program.units.users(task)
    carriers = users.nodes.get(task.node, ())
    return any(
        isinstance(event, facts.Raised)
        for carrier in carriers
        for _, event in users.events.get(carrier, ())
    )


RULE = Rule(
    code="BGT301",
    name="starlette-background-task",
    summary="Starlette's BackgroundTask is used where FastAPI could inject BackgroundTasks",
    fix="safe",
    check=check,
    undecided=lambda program: undecided(program, program.once(starlette_task)),
)
