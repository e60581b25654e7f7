"""# BGT304 uninjectable-parameter

Reports a `BackgroundTasks` parameter declared in a form that FastAPI refuses or ignores.

## What it does

Looks at the parameters of functions that FastAPI calls and finds the declarations that don't
inject. The finding stands on the parameter. What happens instead, on FastAPI 0.165.0:

- `Optional[BackgroundTasks]`, `BackgroundTasks | None`, `Union[…]`: the app does not start
- `= Depends()`, `= Depends(BackgroundTasks)`, `Annotated[…, Depends()]`: the app does not start
- `= Body()`, `= Query()` and the like: the app does not start
- `list[…]`, `dict[…]`, `NewType`, `BackgroundTasks()` as the annotation: the app does not start
- `type[BackgroundTasks]`: a required query parameter, 422
- `Annotated["BackgroundTasks", …]` (quoted inside): a required query parameter, 422
- `Optional["BackgroundTasks"] = None` (quoted inside): a query parameter, always None
- `*tasks`, `**tasks`, positional-only, a second such parameter: 500 when it is used

## Why is this bad?

The app fails at import (at the first request, where `include_router` adds the dependency), or every
request of the route fails.

## Example

```python
@app.post("/users")
def create_user(user: NewUser, background_tasks: BackgroundTasks | None = None): ...
```

Use instead:

```python
@app.post("/users")
def create_user(user: NewUser, background_tasks: BackgroundTasks): ...
```

## Not reported

- `background_tasks: BackgroundTasks = None` and `= BackgroundTasks()`: FastAPI injects, the default
  is ignored.
- `Annotated[BackgroundTasks, "doc"]`, aliases of it, `Union[BackgroundTasks]`, `TypeAlias`.
- `= Depends(get_tasks)` and `type Tasks = BackgroundTasks` (also `TypeAliasType`) from 0.128.2;
  older versions refuse them.
- Functions that a test makes inside a function, as it does to see how FastAPI refuses them.
- Any annotation on functions that FastAPI does not call: `BackgroundTasks | None = None` is fine
  there.

## Fix

Fix: safe. Declares it plainly: `background_tasks: BackgroundTasks`, before the parameters with
defaults if no caller passes those by position, else keyword-only. `= None` stays where a direct
call leaves the parameter out: FastAPI injects all the same. A second such parameter goes, its uses
take the first one. `for queue in queues:` over a list of them gives way to its block. No fix where
the function uses the parameter as a collection in another way, or where its dependency does more
than hand on the instance.

## What FastAPI does

`fastapi/dependencies/utils.py`: `add_non_field_param_to_dependency` injects only where the
annotation itself, without `Annotated`, is `BackgroundTasks` or a subclass; `analyze_param` takes
everything else for a dependency, query parameter or body. `Depends()` on the class makes its
constructor a dependency, whose argument `tasks` pydantic refuses. `get_dependant` keeps one name
for the instance, so the last of two parameters wins, and it is passed by keyword.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.declarations import declarations
from flake8_bgtasks.tracking.runtime import is_missing
from flake8_bgtasks.tracking.uninjectable import Uninjectable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report declarations of a `BackgroundTasks` that FastAPI refuses or does not understand."""
    forms = Uninjectable(program)
    for declared in declarations(program):
        reason = None if is_missing(program, declared) else forms.reason(declared)
        if reason is not None:
            where = program.chains.text(declared.scope)
            message = f"the parameter {declared.parameter.name!r} {reason}{where}"
            yield found(
                "BGT304",
                declared.scope.path,
                declared.parameter.span,
                message,
                program.chains.related(declared.scope),
            )


RULE = Rule(
    code="BGT304",
    name="uninjectable-parameter",
    summary="the parameter is declared in a form that FastAPI refuses or ignores",
    fix="safe",
    check=check,
)
