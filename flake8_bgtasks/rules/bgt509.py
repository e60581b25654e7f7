"""# BGT509 blocking-async-task

An `async def` task blocks the event loop, and with it every other request.

## What it does
Follows what an async task function runs, over all modules, and reports it if it gets to a call that
is known to block (`time.sleep`, `requests`, sync `httpx`, `urllib`, `subprocess.run`, `smtplib`,
sync database drivers) while neither it nor the functions on the way await anything else. The rule
is off by default: a short call may be accepted.

## Why is this bad?
An `async def` task runs on the event loop, as all async routes do. While it waits for a mail server
without `await`, no other request is accepted, answered or cancelled. A plain `def` task runs in a
worker thread, where waiting harms nobody.

## Example
```python
async def send_mail(to: str) -> None:
    requests.post(MAIL_API, json={"to": to})


@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_mail, email)
    return {"email": email}
```

Use instead:

```python
def send_mail(to: str) -> None:
    requests.post(MAIL_API, json={"to": to})


@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(send_mail, email)
    return {"email": email}
```

## Not reported
- Sync tasks: they run in a thread.
- Tasks that await something: they may well hand the blocking part to a thread.
- Blocking calls inside `asyncio.to_thread`, `run_in_threadpool` or an executor.
- Reading and writing files, and calls that are not known.

## Fix
Fix: none. By hand: make the task a plain `def`, or use an async library.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: an `async def` task with `time.sleep(1)` delays the next request by
0.98 s, a sync one by nothing. `BackgroundTask.__call__` in `starlette/background.py` awaits async
functions and hands all others to `run_in_threadpool`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found_at
from flake8_bgtasks.tracking.blocking import Blocking
from flake8_bgtasks.tracking.signatures import mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.blocking import BlockingCall
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report async tasks that block the event loop."""
    blocking = Blocking(program)
    for added in program.added.calls:
        said = program.added.verdict(added, partial(_blocked, program, blocking))
        if said is None:
            continue
        site, found = said
        way = ""
        if len(found.functions) > 1:
            names = " → ".join(program.units.scope(f).qualname for f in found.functions)
            way = f" (through {names})"
        message = (
            f"the task {program.added.function_named(site)} is async, but {found.name}(){way} "
            "blocks the event loop: no other request is served meanwhile; make the task a plain "
            "'def', which runs in a thread"
        )
        place = Related(found.call.path, program.span(found.call), f"{found.name}() blocks here")
        yield found_at(
            program, "BGT509", added.call, message, [program.added.definition(site), place]
        )


def _blocked(program: Program, blocking: Blocking, site: Site) -> BlockingCall | None:
    if site.how != "task" or mismatch(program, site) is not None:
        return None
    return blocking.of(site.function)


RULE = Rule(
    code="BGT509",
    name="blocking-async-task",
    summary="an async task blocks the event loop",
    fix="none",
    check=check,
)
