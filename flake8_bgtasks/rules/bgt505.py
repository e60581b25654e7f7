"""# BGT505 unawaited-async-task

The work of the task is async, and nobody awaits it.

## What it does
Starlette awaits a task only where the task itself is an `async def` function, a `partial` of one,
or an object with an async `__call__`. Reports, over all modules, the tasks that hide from it what
they do:

- a lambda or function that returns a coroutine: `add_task(lambda: send(x))`;
- an `async def` function under a decorator whose wrapper is sync, such as `@lru_cache`;
- `add_task(asyncio.create_task, f())`, and a sync task that calls `asyncio.create_task`,
  `ensure_future` or `gather`, itself or in a function that it calls;
- an async helper that adds tasks and is called without `await`.

## Why is this bad?
A coroutine that nobody awaits does not run at all: the mail is not sent, and the only trace is a
`RuntimeWarning`. A sync task runs in a worker thread, which has no event loop, so that
`asyncio.create_task` raises when the client has its 200.

## Example
```python
async def send_welcome_mail(email: str) -> None: ...


@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(lambda: send_welcome_mail(email))
    return {"email": email}
```

Use instead:

```python
async def send_welcome_mail(email: str) -> None: ...


@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_welcome_mail, email)
    return {"email": email}
```

## Not reported
- A lambda around a sync call, a `partial` of an async function, an object with async `__call__`.
- A function that runs the coroutine: `asyncio.run`, `run_coroutine_threadsafe`, a loop of its own.
- `create_task` where a `RuntimeError` is handled or the code looks whether a loop runs.
- Decorators that are not known, or that have an async wrapper.

## Fix
Fix: safe for a lambda without parameters: `add_task(lambda: f(x))` becomes `add_task(f, x)` where
the arguments are constants or never bound again, else that is unsafe. Unsafe: `await` for an async
helper that is called without it in an `async def` function, or in a route that becomes one since it
does nothing else; `add_task(create_task, f(x))` becomes `add_task(f, x)`; a task that returns a
coroutine or calls `create_task` becomes `async def` and awaits it, with the functions that call it.
The wrapper of a decorator awaits what it calls if all that it decorates is async, and a cache,
which would keep a coroutine, goes. No fix where one of them can't wait.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: a hidden coroutine is lost with `RuntimeWarning: coroutine … was
never awaited`; a sync task that calls `asyncio.create_task` fails with `RuntimeError: no running
event loop`. `BackgroundTask` in `starlette/background.py` awaits what `is_async_callable` takes for
async, and calls all else in a worker thread.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found_at
from flake8_bgtasks.tracking import facts, known, library
from flake8_bgtasks.tracking.adders import dropped_calls
from flake8_bgtasks.tracking.loops import call_without_loop
from flake8_bgtasks.tracking.signatures import mismatch
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

Objection = tuple[str, tuple[Related, ...]]


def check(program: Program) -> Iterator[Finding]:
    """Report tasks whose async work nobody awaits."""
    for added in program.added.calls:
        objection = _as_library_function(program, added) or _hidden(program, added)
        if objection is not None:
            yield found_at(program, "BGT505", added.call, *objection)
    for call, function in dropped_calls(program):
        scope = program.units.scope(function)
        message = (
            f"{scope.qualname}() is async and adds tasks, but is called without 'await': it never "
            "runs, and adds none; await it"
        )
        place = Related(function.path, scope.span, f"{scope.qualname}() is defined here")
        yield found_at(program, "BGT505", call, message, [place])


def _as_library_function(program: Program, added: Added) -> Objection | None:
    """Look at `add_task(asyncio.create_task, f())`."""
    things = program.added.value(added)
    if not all(known.is_external(thing, library.NEEDS_LOOP) for thing in things):
        return None
    name = program.added.name_of_called(added.function.value) if added.function else ""
    message = (
        f"the task {name}() runs in a worker thread, which has no event loop: RuntimeError after "
        f"the response; pass the async function itself: {added.name}(f, …)"
    )
    return message, ()


def _hidden(program: Program, added: Added) -> Objection | None:
    said = program.added.verdict(added, partial(_objection, program))
    if said is None:
        return None
    site, (message, related) = said
    return message, (program.added.definition(site), *related)


def _objection(program: Program, site: Site) -> Objection | None:
    if site.how != "task" or mismatch(program, site) is not None:
        return None
    if program.wrapping.hides_async(site.function):
        return _behind_decorator(program, site)
    return _returned(program, site) or _in_thread(program, site)


def _behind_decorator(program: Program, site: Site) -> Objection:
    name = program.added.function_named(site)
    message = (
        f"the task {name} is async behind a decorator that is not: Starlette calls it in a thread "
        "and drops the coroutine, which never runs; make the decorator's wrapper async"
    )
    return message, ()


def _returned(program: Program, site: Site) -> Objection | None:
    """Look for a coroutine that the task returns instead of awaiting it."""
    scope = program.units.scope(site.function)
    if scope.is_generator or program.wrapping.changes_result(site.function):
        return None
    for event in scope.events:
        if isinstance(event, facts.Returned):
            ref = NodeRef(site.function.path, site.function.unit, event.value)
            result = program.results.of(ref)
            if result is not None and result.kind == "coroutine":
                return _dropped(program, site, ref)
    return None


def _dropped(program: Program, site: Site, coroutine: NodeRef) -> Objection:
    task, inner = program.added.function_named(site), program.added.name_of_called(coroutine)
    is_lambda = program.units.scope(site.function).kind == "lambda"
    advice = (
        f"pass the async function itself: add_task({inner}, …)"
        if is_lambda
        else f"await it in an 'async def' task, or add {inner} itself"
    )
    message = (
        "the task is a lambda that returns a coroutine"
        if is_lambda
        else f"the task {task} returns a coroutine"
    )
    message += f", which nobody awaits: {inner}() never runs; {advice}"
    place = Related(coroutine.path, program.span(coroutine), "the coroutine is made here")
    return message, (place,)


def _in_thread(program: Program, site: Site) -> Objection | None:
    """Look for `asyncio.create_task` in a sync task."""
    found = call_without_loop(program, site.function)
    if found is None:
        return None
    name = program.added.name_of_called(found.call)
    way = " → ".join(program.units.scope(f).qualname for f in found.functions)
    message = (
        f"the task {program.added.function_named(site)} calls {name}() in a worker thread, which "
        f"has no event loop: RuntimeError after the response; make it 'async def'"
    )
    if len(found.functions) > 1:
        message += f" (through {way})"
    place = Related(found.call.path, program.span(found.call), f"{name}() is called here")
    return message, (place,)


RULE = Rule(
    code="BGT505",
    name="unawaited-async-task",
    summary="the work of the task is async, and nobody awaits it",
    fix="safe",
    check=check,
)
