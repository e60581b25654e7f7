"""# BGT503 task-signature-mismatch

The arguments of `add_task` do not fit the function that it adds.

## What it does
Looks up the task function over all modules: a function, a bound or unbound method, a class, an
object with `__call__`, a `partial`, a lambda, a function behind a decorator that keeps the
signature. Then it binds the arguments as Python will, and reports what Python would refuse: too
few or too many, a keyword that the function does not have, an argument given twice. It also
reports `add_task()` without a function, `func=` beside a positional function, and `args=(…)` as
threads take them. `BackgroundTask(f, …)` is treated alike.

## Why is this bad?
`add_task` takes anything. The function is called after the response, so the client has its 200 when
the `TypeError` is raised, and the tasks behind it in the list do not run either.

## Example
```python
def send_receipt(order_id: int, email: str) -> None: ...


@app.post("/orders/{order_id}/pay")
async def pay(order_id: int, background_tasks: BackgroundTasks) -> dict[str, bool]:
    background_tasks.add_task(send_receipt, order_id)
    return {"paid": True}
```

Use instead:

```python
def send_receipt(order_id: int, email: str) -> None: ...


@app.post("/orders/{order_id}/pay")
async def pay(order_id: int, email: str, background_tasks: BackgroundTasks) -> dict[str, bool]:
    background_tasks.add_task(send_receipt, order_id, email)
    return {"paid": True}
```

## Not reported
- `*args` or `**kwargs` in the call: what they hold is not known.
- Functions of libraries, functions behind a decorator that is not known, methods that a subclass
  overrides in a way that fits, names that may stand for several functions one of which fits.
- `add_task(func=f, …)` without a positional function: that is right.
- A missing `BackgroundTasks` argument: BGT204.

## Fix
Fix: none. The tool can't know which value is meant. By hand: pass what the function takes.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: the client gets a 200, then the server logs the `TypeError`; later
tasks of the request are lost. `add_task()` and a second `func` raise in the request: a 500. It is
`BackgroundTask.__call__` in `starlette/background.py` that calls the function.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found_at
from flake8_bgtasks.tracking.markers import is_filled_by_fastapi
from flake8_bgtasks.tracking.signatures import Mismatch, mismatch, missing_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

_LATER = "TypeError after the response, and the tasks behind it are lost"
_OF_THREADS = ("args", "kwargs")


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that Python can't call with the arguments that `add_task` passes."""
    for added in program.added.calls:
        refused = _refused_at_once(added)
        if refused is not None:
            yield found_at(program, "BGT503", added.call, refused)
        elif missing_tasks(program, added) is None:
            yield from _misfits(program, added)


def _refused_at_once(added: Added) -> str | None:
    """Return why `add_task` itself raises."""
    if not added.is_exact:
        return None
    if added.function is None:
        return (
            f"{added.name}() gets no function: TypeError, the request fails; give the function "
            f"first, then its arguments: {added.name}(f, …)"
        )
    if added.function.keyword is None and any(a.keyword == "func" for a in added.given):
        return (
            f"{added.name}() gets the function twice, by position and as func=: TypeError, the "
            "request fails; a task function can't be passed an argument named 'func' by keyword"
        )
    return None


def _misfits(program: Program, added: Added) -> Iterator[Finding]:
    said = program.added.verdict(added, partial(mismatch, program))
    if said is None:
        return
    site, reason = said
    yield found_at(
        program,
        "BGT503",
        added.call,
        _message(program, added, site, reason),
        [program.added.definition(site)],
    )


def _message(program: Program, added: Added, site: Site, reason: Mismatch) -> str:
    task = f"the task {program.added.function_named(site)}"
    names = " and ".join(repr(name) for name in reason.names)
    if reason.kind == "too many":
        takes = f"takes {reason.accepted or 'no'} positional argument{'s'[: reason.accepted != 1]}"
        return f"{task} {takes} but gets {reason.given}: {_LATER}; pass what it takes"
    if reason.kind == "twice":
        return f"{task} gets {names} twice, by position and by keyword: {_LATER}; pass it once"
    if reason.kind == "missing":
        advice = _advice(program, added, site, reason)
        return f"{task} gets no value for {names}: {_LATER}; {advice}"
    if set(reason.names) <= set(_OF_THREADS):
        return (
            f"{task} has no parameter {names}: {_LATER}; {added.name}() hands on what follows the "
            f"function as it stands, unlike Thread(): {added.name}(f, a, b, key=c)"
        )
    return f"{task} has no parameter {names}: {_LATER}; remove the argument or correct its name"


def _advice(program: Program, added: Added, site: Site, reason: Mismatch) -> str:
    for parameter in program.units.scope(site.function).parameters:
        if parameter.name in reason.names and is_filled_by_fastapi(
            program, site.function, parameter
        ):
            return (
                f"FastAPI fills {parameter.name!r} only where it calls the function itself, not in "
                f"a task: pass it in {added.name}()"
            )
    return f"pass {'it' if len(reason.names) == 1 else 'them'} in {added.name}()"


RULE = Rule(
    code="BGT503",
    name="task-signature-mismatch",
    summary="the arguments of add_task do not fit the task function",
    fix="none",
    check=check,
)
