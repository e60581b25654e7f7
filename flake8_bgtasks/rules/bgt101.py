"""# BGT101 unattached-background-tasks

A `BackgroundTasks()` instance is made in a function, and nothing ever runs it.

## What it does
Follows every instance that your own code makes: in a route, in a helper at any depth, in a service
class, in an event handler, exception handler or middleware. Reports it where it is made if it is
neither attached to a returned response nor awaited on any path. Subclasses, aliases, chained
`BackgroundTasks().add_task(f)` and factories that return a fresh instance count too. The message
names the routes that reach the place.

## Why is this bad?
FastAPI runs only the instance that it passes in itself. A task added to any other one is dropped:
no error, no warning, no log line, and the client gets a 200. The e-mail is simply never sent.

## Example
```python
def notify(email: str) -> None:
    tasks = BackgroundTasks()
    tasks.add_task(send_email, email)


@app.post("/users")
def create_user(email: str):
    notify(email)
    return {"email": email}
```

Use instead:
```python
def notify(email: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(send_email, email)


@app.post("/users")
def create_user(email: str, tasks: BackgroundTasks):
    notify(email, tasks)
    return {"email": email}
```

Nothing that FastAPI runs is injected into a lifespan function, a startup handler or a WebSocket
route: call the functions there, or run the tasks with `await tasks()`. Exception handlers and
middleware can attach the instance to the response as well.

## Not reported
- Instances attached with `background=` or `.background =` to the response that is returned.
- Instances that are awaited (`await tasks()`), run by `asyncio.run(tasks())`, or run by hand.
- Instances that are returned to a caller that attaches them, or kept where other code can find
  them.
- `tasks = tasks or BackgroundTasks()` on an injected parameter: an instance is always true.
- `BackgroundTasks()` that a test passes to a function which it calls directly.

## Fix
Fix: safe. Adds a `BackgroundTasks` parameter to the function and to every function between it and
the routes, over all modules, passes it in every call, and removes the own instance. A parameter
that is there already is used, whatever its name; methods change with what overrides them, and tests
that call a changed function get `BackgroundTasks()`. Where a request stays the same by it, the
route gets `Depends(helper)` instead (`--fix-style`). Public functions of an installable package are
changed by `--unsafe-fixes` only; so is an instance of a class of your own, which is added to the
injected one as a task that runs all of its own.

No fix where not every call is known, or where one comes from a place that no request reaches: a
script, a WebSocket, a startup handler, middleware, a `create_task` that is not awaited. The message
names it.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: the task never runs. FastAPI makes one instance per
request in `fastapi/dependencies/utils.py` `solve_dependencies` and attaches that one to the
response in `fastapi/routing.py` `get_request_handler`. Starlette runs what is attached, in
`starlette/responses.py` `Response.__call__`. No other instance is known to either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.instances import is_cached
from flake8_bgtasks.tracking.wrong_backgrounds import wrong_backgrounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.fate import Fate
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.roles import Kind
    from flake8_bgtasks.tracking.things import NodeRef

_RUN = "call the functions directly, or run the tasks with 'await tasks()'"
_ATTACH = "attach it to the response, or run the tasks with 'await tasks()'"
_NOT_INJECTED: dict[Kind, str] = {
    "event": _RUN,
    "lifespan": _RUN,
    "websocket": _RUN,
    "exception_handler": _ATTACH,
    "middleware": _ATTACH,
    "starlette": _ATTACH,
}


def check(program: Program) -> Iterator[Finding]:
    """Report instances made in functions that get tasks and are never run."""
    attached = frozenset(wrong.value for wrong in wrong_backgrounds(program))
    for birth in program.instances.tasks:
        if _is_local(program, birth) and not program.instances.is_spare(birth):
            fate = program.fates.of(birth)
            if fate.is_lost and not fate.dropped and fate.adds.isdisjoint(attached):
                yield _finding(program, birth, fate)


def _is_local(program: Program, birth: NodeRef) -> bool:
    """Return whether the instance is a function's own, and not one of BGT102 or BGT202."""
    if program.is_test(birth.path) or not program.instances.is_in_function(birth):
        return False
    if birth in program.misuses.places:
        return False
    sites = program.instances.on_the_spot.get(birth, ())
    if any(site.how != "partial" for site in sites):
        return False
    function = program.function_around(birth)
    return not is_cached(program, function) and not program.instances.is_kept_globally(birth)


def _finding(program: Program, birth: NodeRef, fate: Fate) -> Finding:
    function = program.function_around(birth)
    name = program.instances.class_name(birth)
    message = (
        f"{name}() is never attached to a response or awaited: the tasks added to it never run; "
        f"{_advice(program, birth)}{program.chains.text(function)}"
    )
    related = [
        Related(add.path, program.span(add), "a task is added to it here")
        for add in sorted(fate.adds)
    ]
    return found(
        "BGT101",
        birth.path,
        program.span(birth),
        message,
        [*related, *program.chains.related(function)],
    )


def _advice(program: Program, birth: NodeRef) -> str:
    function = program.function_around(birth)
    for parameter in program.instances.parameters(function):
        return f"use the parameter {parameter.name!r} instead"
    chain = program.chains.to(function)
    if chain is not None and not chain.more and chain.role.kind in _NOT_INJECTED:
        return _NOT_INJECTED[chain.role.kind]
    return "take an injected 'background_tasks: BackgroundTasks' parameter instead"


RULE = Rule(
    code="BGT101",
    name="unattached-background-tasks",
    summary="BackgroundTasks() is made here but nothing runs it",
    fix="safe",
    check=check,
)
