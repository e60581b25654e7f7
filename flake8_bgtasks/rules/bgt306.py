"""# BGT306 unresolvable-annotation

Reports a `BackgroundTasks` annotation that resolves for the type checker only.

## What it does

Looks at functions that FastAPI calls and finds parameters whose annotation is a string, or
postponed by `from __future__ import annotations`, and whose name does not exist in the module when
the app runs: it is imported under `if TYPE_CHECKING:`, or inside a function. On FastAPI up to
0.123.6 also where the name does exist, if the function is the constructor of a class or the
`__call__` of an object. The finding stands on the parameter.

## Why is this bad?

Type checkers and editors are content, and the app starts. But FastAPI evaluates the annotation in
the globals of the module, doesn't find the name, and takes the parameter for a query parameter:
every request of the route is answered 422.

## Example

```python
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import BackgroundTasks

@app.post("/users")
async def create_user(background_tasks: BackgroundTasks): ...
```

Use instead:

```python
from __future__ import annotations

from fastapi import BackgroundTasks

@app.post("/users")
async def create_user(background_tasks: BackgroundTasks): ...
```

## Not reported

- String and postponed annotations whose name is imported when the module runs.
- `try: from fastapi import BackgroundTasks` with `except ImportError:`.
- Functions that FastAPI does not call: their annotations are never evaluated.

## Fix

Fix: safe. Imports the class at module level, outside `if TYPE_CHECKING:`; where the name is one of
your own that exists for the type checker only, it annotates with `BackgroundTasks` from `fastapi`.
Takes quotes away where FastAPI can't resolve them, and `from __future__ import annotations` where
all annotations of the module are names that are there without it; else there is no fix.
Linters that move imports there (ruff's TC rules) have a setting for FastAPI:
`lint.flake8-type-checking.runtime-evaluated-decorators`.

## What FastAPI does

`fastapi/dependencies/utils.py`, `get_typed_signature`: evaluated with the globals of the function's
module; on NameError the string stays as it is. With pydantic 2 the app starts and each request gets
422; with pydantic 1 and on 0.123.7 to 0.124.0, NameError. Without postponed annotations and quotes,
Python itself raises NameError at import. Up to 0.123.6 the globals are those of a function only:
classes and objects have none, so no quoted or postponed annotation of theirs is resolved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.declarations import declarations
from flake8_bgtasks.tracking.runtime import is_evaluated_later, is_out_of_sight, missing_name
from flake8_bgtasks.tracking.versions import RESOLVES_FUNCTIONS_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report annotations whose names do not exist when FastAPI evaluates them."""
    for declared in declarations(program):
        name = missing_name(program, declared)
        if name is not None:
            yield _finding(program, declared, _missing(program, declared, name))
        elif is_out_of_sight(program, declared):
            yield _finding(program, declared, _out_of_sight(declared))


def _out_of_sight(declared: Declaration) -> str:
    return (
        f"FastAPI {RESOLVES_FUNCTIONS_ONLY} can't resolve the quoted or postponed annotation of "
        f"{declared.parameter.name!r}, since it isn't a function's: every request is answered 422; "
        "write it unquoted, in a module without 'from __future__ import annotations'"
    )


def _missing(program: Program, declared: Declaration, name: str) -> str:
    later = is_evaluated_later(program, declared)
    effect = "every request is answered 422" if later else "importing the module is a NameError"
    return (
        f"{name!r} in the annotation of {declared.parameter.name!r} does not exist in the module "
        f"when the app runs: {effect}; import it at module level, outside TYPE_CHECKING"
    )


def _finding(program: Program, declared: Declaration, message: str) -> Finding:
    return found(
        "BGT306",
        declared.scope.path,
        declared.parameter.span,
        message + program.chains.text(declared.scope),
        program.chains.related(declared.scope),
    )


RULE = Rule(
    code="BGT306",
    name="unresolvable-annotation",
    summary="FastAPI can't resolve the annotation when the app runs",
    fix="safe",
    check=check,
)
