"""# BGT406 wrong-background-value

A response is given something as its background that is no task object.

## What it does
Reports `background=` of a response class, and `.background =` on a response, where the value is

- a function, a `partial` or a lambda,
- the result of a call that has been made already, `background=f()`, or its coroutine,
- `tasks.add_task(f)`, which returns None,
- a list, another literal, or a class instead of an object,

and two arguments that don't exist: `HTTPException(background=…)`, and keywords such as
`background_tasks=` on a response class.

## Why is this bad?
Starlette awaits `response.background()` once the response is sent. A plain function is called there
on the event loop, without arguments, and then fails, as its result can't be awaited; one that is
`async` works by accident, until it needs an argument. `f()` runs before the response instead of
after it. The others fail when the client has its answer already, or with a 500 before.

## Example
```python
@app.get("/exports/{name}")
def export(name: str):
    path = write_export(name)
    return FileResponse(path, background=os.remove(path))
```

Use instead:
```python
@app.get("/exports/{name}")
def export(name: str, background_tasks: BackgroundTasks):
    path = write_export(name)
    background_tasks.add_task(os.remove, path)
    return FileResponse(path)
```

## Not reported
- `BackgroundTask(…)`, `BackgroundTasks` objects, None, and objects of other classes.
- Values that are not known, such as `background=response.background`.
- `background=` of calls that build no response.
- `background=BackgroundTasks().add_task(f)`: nobody has that instance, which is BGT101.

## Fix
Fix: unsafe. A function, and a call of one with its arguments, becomes a task of the injected
instance, `background_tasks.add_task(f, x)`, and the keyword goes: the work moves behind the
response. In exception handlers and other places without an injected instance, it becomes
`background=BackgroundTask(f, x)`. `background=tasks.add_task(f)` adds the task first, a list of one
object becomes the object, and `background_tasks=tasks` becomes `background=tasks`. No fix for
`HTTPException`, for a function that needs arguments nobody gives, for one that adds tasks itself,
and where the response may not be what is returned.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: a sync function runs on the event loop, then
`TypeError`; an async one works; `f()` runs before the response; `tasks.add_task(f)` is lost; a
coroutine, a list or a class: `TypeError` after the 200; `HTTPException(background=…)`: `TypeError`.
`starlette/responses.py` `Response.__call__` awaits `self.background()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.places import Places
from flake8_bgtasks.tracking.wrong_backgrounds import wrong_backgrounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.wrong_backgrounds import Kind, Wrong

_REASONS: dict[Kind, str] = {
    "function": (
        "a function is called without arguments on the event loop after the response, and a sync "
        "one then fails; {advice}"
    ),
    "async_function": (
        "an async function works here by accident only, as long as it takes no arguments; {advice}"
    ),
    "class": "this is a class: calling it fails after the response; pass a task object",
    "result": "the function has run already, before the response, and returned None; {advice}",
    "add_task": "add_task() returns None, so nothing is attached; pass the BackgroundTasks itself",
    "coroutine": "a coroutine can't be called: TypeError after the response; {advice}",
    "value": "this can't be called: TypeError after the response; pass a task object",
    "exception": (
        "HTTPException takes no background: TypeError; return a JSONResponse with the status code "
        "and the background"
    ),
}
_INJECTED = "leave background= out and call add_task(f, …) of an injected BackgroundTasks"
_OWN = "write background=BackgroundTask(f, …)"


def check(program: Program) -> Iterator[Finding]:
    """Report backgrounds that are no task objects."""
    places = program.once(Places)
    for wrong in wrong_backgrounds(program):
        function = program.function_around(wrong.at)
        advice = _INJECTED if places.can_be_injected(places.of(wrong.at)) else _OWN
        message = f"{_reason(wrong).format(advice=advice)}{program.chains.text(function)}"
        related = program.chains.related(function)
        yield found("BGT406", wrong.at.path, wrong.span, message, related)


def _reason(wrong: Wrong) -> str:
    if wrong.kind == "keyword":
        return (
            f"a response takes no {wrong.keyword!r}: TypeError when it is made; write 'background='"
        )
    return _REASONS[wrong.kind]


RULE = Rule(
    code="BGT406",
    name="wrong-background-value",
    summary="a response is given a background that is no task object",
    fix="unsafe",
    check=check,
)
