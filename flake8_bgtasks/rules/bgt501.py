"""# BGT501 called-instead-of-passed

The task function is called, and its result is handed to `add_task`.

## What it does
Reports `add_task(f(x))`, `add_task(await f(x))` and `add_task(asyncio.create_task(f()))` where `f`
is known, from its annotation or its body, in whatever module, to return nothing that can be called:
None, a value, a coroutine, a generator. It also reports what can't be called as it stands: `None`,
a string, a list. `BackgroundTask(f(x))` is treated alike.

## Why is this bad?
A sync function runs before the response, so the client waits for it; an async one only makes a
coroutine that nobody awaits, and never runs. Either way Starlette then calls the result: a
`TypeError` when the client has its 200, and the tasks behind it in the list are lost.

## Example
```python
@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_welcome_mail(email))
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
- A factory: a call that returns a function, a class, a `partial`, an object with `__call__`.
- A call of something that is not known, or that may return a callable on some path.
- `add_task` of other classes, such as task groups, which take coroutines.
- A coroutine as an argument of the task: `add_task(run, f())`.

## Fix
Fix: safe. Passes the function and its arguments: `add_task(f, x)`, also out of `await`,
`create_task`, `f(x) if … else g(x)`, and a variable that nothing else reads. No fix where
`add_task` has other arguments too, or where the function has no name.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: `add_task(f())` and `add_task(await f())` run `f` before the
response, `add_task(coro())` never runs it; then `TypeError: the first argument must be callable` in
the server log, after the 200. `BackgroundTask.__call__` in `starlette/background.py` hands what it
was given to a worker thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found_at
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding, Related
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.results import Result
    from flake8_bgtasks.tracking.things import NodeRef

_OUTCOME = {
    "coroutine": "never runs",
    "generator": "never runs",
    "future": "starts before the response",
}


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that are the result of a call, or a literal, and can't be called."""
    for added in program.added.calls:
        if added.function is None:
            continue
        result = program.results.of(added.function.value)
        if result is not None:
            called = _called(program, added.function.value)
            message = _message(program, added, called, result)
            yield found_at(program, "BGT501", added.call, message, _defined(program, called))


def _called(program: Program, ref: NodeRef) -> NodeRef | None:
    """Return the call whose result is handed over, None for a literal."""
    node = program.units.node(ref)
    match node:
        case facts.Call():
            return ref
        case facts.Awaited(base=base) | facts.Declared(base=base):
            return _called(program, ref._replace(node=base))
        case facts.Choice(options=options):
            return _called(program, ref._replace(node=options[0]))
    return None


def _message(program: Program, added: Added, called: NodeRef | None, result: Result) -> str:
    add = f"{added.name}()"
    if called is None:
        return (
            f"{add} gets {result.words}, which can't be called: TypeError after the response, and "
            f"the tasks behind it are lost; pass a function, then its arguments"
        )
    if result.kind == "future":
        called = _argument(program, called) or called
    name = program.added.name_of_called(called)
    return (
        f"{add} gets the result of {name}(), {result.words}, which can't be called: {name}() "
        f"{_OUTCOME.get(result.kind, 'runs before the response')}, and a TypeError follows it; "
        f"pass the function itself: {added.name}({name}, …)"
    )


def _argument(program: Program, call: NodeRef) -> NodeRef | None:
    """Return the call in `asyncio.create_task(f())`."""
    arguments = program.binder.arguments(call)
    first = arguments[0].value if arguments else None
    return _called(program, first) if first is not None else None


def _defined(program: Program, called: NodeRef | None) -> list[Related]:
    """Return where the functions that are called are defined."""
    if called is None:
        return []
    sites, _ = program.evaluator.deeply(lambda: program.binder.sites(called))
    return [program.added.definition(site) for site in sites]


RULE = Rule(
    code="BGT501",
    name="called-instead-of-passed",
    summary="the task function is called, and its result is handed to add_task",
    fix="safe",
    check=check,
)
