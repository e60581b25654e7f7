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
as the annotation of a route's parameter becomes `BackgroundTasks`; the task of a returned response
becomes one of an injected instance, as for BGT301; in exception handlers and middleware the class
comes from `starlette.background`.

## What FastAPI does

0.68 to 0.165: `fastapi/__init__.py` and `fastapi/background.py` export `BackgroundTasks` only,
`fastapi/responses.py` neither class, `starlette/__init__.py` nothing. `starlette/background.py` has
both; `starlette/responses.py` imports `BackgroundTask`, so the name can be taken from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.project.names import Outside
from flake8_bgtasks.rules.base import Rule, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.project.outline import Import
    from flake8_bgtasks.tracking.program import Program

_TASK, _TASKS = "BackgroundTask", "BackgroundTasks"
_PROVIDED = {
    "fastapi": {_TASKS},
    "fastapi.background": {_TASKS},
    "fastapi.dependencies.utils": {_TASKS},
    "starlette.background": {_TASK, _TASKS},
    "starlette.graphql": {_TASKS},
    "starlette.responses": {_TASK},
    "starlette.templating": {_TASK},
}
_NO_MODULES = frozenset(
    f"{package}.{name}"
    for package in ("fastapi", "starlette")
    for name in ("backgroundtasks", "background_tasks", "backgroundtask", "background_task")
)


def check(program: Program) -> Iterator[Finding]:
    """Report imports of task classes that fail with ImportError."""
    for outline in program.outlines:
        failing = [
            i for i in outline.imports if _fails(i) and not _is_ours(program, outline.path, i)
        ]
        statements = {item.span: item for item in reversed(failing)}
        for span, item in sorted(statements.items()):
            yield found("BGT308", outline.path, span, _message(item))


def _fails(item: Import) -> bool:
    if item.guarded or item.type_checking or item.level:
        return False
    if item.module in _NO_MODULES:
        return True
    framework = item.module.partition(".")[0] in ("fastapi", "starlette")
    named = item.name in (_TASK, _TASKS)
    return framework and named and item.name not in _PROVIDED.get(item.module, ())


def _is_ours(program: Program, path: str, item: Import) -> bool:
    """Return whether a module of the project has the name of FastAPI's."""
    return not isinstance(program.names.module(path, item.module, 0), Outside)


def _message(item: Import) -> str:
    if item.module in _NO_MODULES:
        problem = f"there is no module {item.module}"
    else:
        problem = f"{item.module} has no {item.name}"
    if item.name != _TASK:
        return f"{problem}: ImportError; import BackgroundTasks from fastapi"
    return (
        f"{problem}: ImportError; import BackgroundTasks (with s) from fastapi to have it "
        "injected, or BackgroundTask from starlette.background to attach it to a response"
    )


RULE = Rule(
    code="BGT308",
    name="wrong-import",
    summary="the import fails: the name does not exist there",
    fix="safe",
    check=check,
)
