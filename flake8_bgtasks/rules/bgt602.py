"""# BGT602 closed-upload

Reports a background task that reads an uploaded file which is closed, or read up, by then.

## What it does

Follows an `UploadFile` that FastAPI passes to a path operation or dependency, its `.file` and lists
of uploads into background tasks, over functions, closures and objects. It reports an `add_task`

- on FastAPI 0.106 to 0.117, whenever the task uses the upload: it is closed before the task runs
- on every release, where the path operation has read the upload before and neither it nor the task
  seeks back: the task reads nothing

## Why is this bad?

The client gets its 200. Then the task raises `ValueError: I/O operation on closed file`, or it
stores an empty file, and nobody notices before somebody opens it.

## Example

```python
@app.post("/pictures")
async def add_picture(file: UploadFile, background_tasks: BackgroundTasks):
    size = len(await file.read())
    background_tasks.add_task(make_thumbnail, file)
    return {"size": size}
```

Use instead:

```python
@app.post("/pictures")
async def add_picture(file: UploadFile, background_tasks: BackgroundTasks):
    content = await file.read()
    background_tasks.add_task(make_thumbnail, content)
    return {"size": len(content)}
```

## Not reported

- A task that reads only the upload's `filename`, `content_type`, `size` or `headers`, or closes it.
- The bytes that were read, or a copy that was saved.
- An upload that is read on one branch only, or sought back with `seek(0)` there or in the task.
- An upload that the path operation has not read, on releases that keep it open.

## Fix

Fix: none. Read the upload in the path operation and pass the bytes, or save it and pass the path.

## What FastAPI does

Measured from 0.68.0 to 0.165.0. The form is closed by the exit stack that also ends dependencies
(`get_request_handler` in `fastapi/routing.py`): after the tasks up to 0.105 and from 0.118 on,
before them on 0.106 to 0.117. `UploadFile.read` starts where the last one stopped, so that a second
one gives `b""`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.lifetimes.uploads import uploads_in_tasks
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.versions import LEAVES_BEFORE_TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.lifetimes.uploads import Upload
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report tasks that read an upload which is closed, or has been read."""
    reported = set()
    for upload in program.once(uploads_in_tasks):
        reason = _reason(program, upload)
        if reason is not None and upload.add not in reported:
            reported.add(upload.add)
            where = program.function_around(upload.add)
            message = f"{reason}{program.chains.text(where)}"
            related = [*_related(program, upload), *program.chains.related(where)]
            yield found("BGT602", upload.add.path, program.span(upload.add), message, related)


def _reason(program: Program, upload: Upload) -> str | None:
    """Return why the task can't read the upload, None where it can."""
    if program.settings.fastapi_version in LEAVES_BEFORE_TASKS:
        return (
            f"the upload {upload.name!r} is closed before {upload.task} runs on FastAPI "
            f"{LEAVES_BEFORE_TASKS}; pass the bytes that were read, or a saved copy"
        )
    if upload.read is not None:
        return (
            f"the upload {upload.name!r} has been read, so {upload.task} reads nothing from it; "
            f"pass the bytes, or seek(0) first"
        )
    return None


def _related(program: Program, upload: Upload) -> Iterator[Related]:
    span = program.span(upload.parameter)
    yield Related(upload.parameter.path, span, f"{upload.name!r} is the upload")
    if upload.read is not None:
        yield Related(upload.read.path, program.span(upload.read), "it is read here")


RULE = Rule(
    code="BGT602",
    name="closed-upload",
    summary="a background task reads an upload that is closed or was read before",
    fix="none",
    check=check,
)
