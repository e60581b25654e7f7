"""# BGT205 optional-injection-skipped

Reports a call that leaves out an optional `BackgroundTasks` although the caller holds one.

## What it does
Where a helper is written `tasks: BackgroundTasks | None = None` and the caller has an injected
instance, but does not pass it, the call is reported if the helper then skips the work or makes an
instance of its own. The rule is off by default: leaving it out can be intended.

## Why is this bad?
Optional parameters are how a helper serves both requests and scripts. In a request, forgetting the
argument raises no error: the mail is not sent, the cache is not refreshed, and nothing says so.

## Example
```python
def save(note: str, tasks: BackgroundTasks | None = None) -> None:
    NOTES.append(note)
    if tasks is not None:
        tasks.add_task(reindex, note)


@app.post("/notes")
async def add_note(note: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(count_note)
    save(note)
    return {"note": note}
```

Use instead:

```python
@app.post("/notes")
async def add_note(note: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    background_tasks.add_task(count_note)
    save(note, background_tasks)
    return {"note": note}
```

## Not reported
- A caller that holds no injected instance: a script, a worker, a route without the parameter.
- A helper that does the work in another way without it (`create_task`, a synchronous branch).
- A call that passes `None` in so many words: it is taken as intended.
- A helper that uses the parameter unguarded: that is BGT201.

## Fix
Fix: safe. Pass the instance that the caller holds, by keyword where the parameter is keyword-only.
Fixes arrive in a later release.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: the request answers 200 and the task is never added, or is added to
an instance that nobody runs. FastAPI injects only what it calls itself (`solve_dependencies` in
`fastapi/dependencies/utils.py`). `bool(BackgroundTasks())` is True even when it is empty, so the
guard does pass when the instance is handed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    raise NotImplementedError


RULE = Rule(
    code="BGT205",
    name="optional-injection-skipped",
    summary="an optional BackgroundTasks is left out although the caller holds one",
    fix="safe",
    check=check,
    on_by_default=False,
)
