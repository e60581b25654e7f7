"""# BGT203 called-in-depends

Reports a helper that was meant to be a dependency, but is called by us or by nobody.

## What it does
Reports four spellings around `Depends`, for helpers that need a `BackgroundTasks`:

- `Depends(helper())` in a signature, in `Annotated` or in `dependencies=[...]`: our code calls the
  helper, once, at import.
- `Depends(helper)` as an expression inside a function body: that only makes a marker object.
- `dependencies=[helper]` of a decorator, router, app or `include_router`.
- `param=helper` as the default of a parameter of a path operation or dependency.

## Why is this bad?
FastAPI calls what stands in `Depends(...)` in a signature or in `dependencies=[...]`, and nothing
else. In the forms above the application does not start, or the helper is not called and its task
never runs.

## Example
```python
def audit(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(write_audit_log)


@app.delete("/items/{item_id}")
def delete_item(item_id: int) -> dict[str, int]:
    Depends(audit)
    return {"deleted": item_id}
```

Use instead:

```python
@app.delete("/items/{item_id}", dependencies=[Depends(audit)])
def delete_item(item_id: int) -> dict[str, int]:
    return {"deleted": item_id}
```

## Not reported
- Dependency factories: `Depends(require_role("admin"))` where the call returns a callable, or where
  it is not known what it returns.
- An instance of a class that has `__call__`: `Depends(Auditor())`.
- A `Depends(helper)` that is kept: in a list of dependencies, an `Annotated` alias, a default.
- Helpers that have nothing to do with background tasks.

## Fix
Fix: safe. Write `Depends(helper)` in the signature, or in `dependencies=[...]` of the decorator
where the result is not used. No fix where the call passes arguments that a request can't supply.
Fixes arrive in a later release.

## What FastAPI does
Measured from 0.68.0 to 0.165.0. `Depends(helper())`: an error at import (`TypeError`, in
`dependencies=[...]` also `AssertionError`), or a 422 on every request. `Depends(helper)` in a body
and `param=helper`: nothing is called; the parameter holds the function. `dependencies=[helper]`:
`AttributeError: 'function' object has no attribute 'dependency'` at import, for `include_router`
in 0.165.0 at the first request. See `get_dependant` and `get_parameterless_sub_dependant` in
`fastapi/dependencies/utils.py`.
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
    code="BGT203",
    name="called-in-depends",
    summary="a dependency is called or named where Depends(helper) is meant",
    fix="safe",
    check=check,
)
