"""# BGT308 wrong-import

Reports an import of background tasks from a place that doesn't have them.

## What it does

Finds imports that raise ImportError on every FastAPI version, such as `from fastapi import
BackgroundTask`, `from fastapi.responses import BackgroundTask`, `from starlette import
BackgroundTasks` and `from fastapi.backgroundtasks import BackgroundTasks`. The finding stands on
the import.

## Why is this bad?

The module can't be imported. In a module that is loaded late, or in an import inside a function,
the error appears only when a request reaches it.

## Example

```python
from fastapi import BackgroundTask
```

Use instead:

```python
from fastapi import BackgroundTasks
```

## Not reported

- `from fastapi.background import BackgroundTasks`, `from starlette.background import
  BackgroundTask`, `from starlette.responses import BackgroundTask`: they work.
- Imports in a `try` that handles ImportError or ModuleNotFoundError, and under `if TYPE_CHECKING:`.
- Modules of your own that are named alike.

## Fix

Fix: safe where one meaning is left: `BackgroundTasks` comes from `fastapi`. `BackgroundTask` (no s)
as the annotation of a route's parameter becomes `BackgroundTasks`; used as a task of its own it
comes from `starlette.background`.

## What FastAPI does

0.68 to 0.165: `fastapi/__init__.py` and `fastapi/background.py` export `BackgroundTasks` only,
`fastapi/responses.py` neither class, `starlette/__init__.py` nothing. `starlette/background.py` has
both; `starlette/responses.py` imports `BackgroundTask`, so the name can be taken from there.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    yield from ()


RULE = Rule(
    code="BGT308",
    name="wrong-import",
    summary="The import fails: the name does not exist there",
    fix="safe",
    check=check,
)
