"""# BGT309 subclass-parameter

Reports a parameter annotated with a subclass of `BackgroundTasks` that adds or overrides members.

## What it does

Looks at functions that FastAPI calls and finds parameters whose annotation is a class of the
project that inherits from `BackgroundTasks` and defines something of its own. The finding stands on
the parameter.

## Why is this bad?

FastAPI recognises the subclass, but injects a plain `BackgroundTasks`. An overridden method is
silently not used: the retry, the logging or the tracing that it adds never happens. A method that
the subclass adds raises AttributeError at the first request. Type checkers see neither.

## Example

```python
class LoggedTasks(BackgroundTasks):
    def add_task(self, func, *args, **kwargs):
        log.info("queued %s", func.__name__)
        super().add_task(func, *args, **kwargs)

@app.post("/users")
def create_user(tasks: LoggedTasks): ...
```

Use instead:

```python
def logged_tasks(background_tasks: BackgroundTasks) -> LoggedTasks:
    tasks = LoggedTasks()
    tasks.tasks = background_tasks.tasks  # one list: FastAPI runs what is added
    return tasks

@app.post("/users")
def create_user(tasks: Annotated[LoggedTasks, Depends(logged_tasks)]): ...
```

## Not reported

- A subclass that adds nothing (`class Tasks(BackgroundTasks): pass`, a docstring): nothing is
  missed.
- A subclass that a dependency returns: `Annotated[LoggedTasks, Depends(logged_tasks)]`.
- Functions that FastAPI does not call: they get what their caller hands over.

## Fix

Fix: none, because how to combine the two is your decision. Annotate with `BackgroundTasks` and call
a function that adds what you need, or let a dependency wrap the injected instance as above.

## What FastAPI does

0.68 to 0.165: `add_non_field_param_to_dependency` in `fastapi/dependencies/utils.py` accepts every
subclass (`lenient_issubclass`), then `solve_dependencies` makes one `BackgroundTasks()` per request
and passes that. With `Depends` from 0.128.2 on the annotation is not looked at; before, that form
was refused for annotated parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.declarations import declarations
from flake8_bgtasks.tracking.runtime import is_missing
from flake8_bgtasks.tracking.things import Class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

_SAYS_NOTHING = frozenset({"__doc__", "__module__", "__slots__", "__hash__"})


def check(program: Program) -> Iterator[Finding]:
    """Report parameters annotated with a subclass that has members of its own."""
    for declared in declarations(program):
        if declared.is_injectable and not is_missing(program, declared):
            members = [
                _member(program, thing) for thing in sorted(declared.shape.classes, key=repr)
            ]
            if members and members[0] is not None and all(members):
                yield _finding(program, declared, *members[0])


def _member(program: Program, thing: object) -> tuple[ScopeRef, str] | None:
    """Return a member that a class adds to `BackgroundTasks`, with the class it stands in."""
    for base in program.evaluator.classes.order(thing.ref) if isinstance(thing, Class) else ():
        if isinstance(base, Class):
            scope = program.units.scope(base.ref)
            names = [*scope.bindings, *(field.name for field in scope.fields)]
            own = [name for name in names if name not in _SAYS_NOTHING]
            if own:
                return base.ref, own[0]
    return None


def _finding(program: Program, declared: Declaration, cls: ScopeRef, member: str) -> Finding:
    scope = program.units.scope(cls)
    message = (
        f"FastAPI injects a plain BackgroundTasks for {declared.parameter.name!r}: "
        f"{scope.name}.{member} is not used; annotate with BackgroundTasks, or let a dependency "
        "wrap it"
        f"{program.chains.text(declared.scope)}"
    )
    related = Related(cls.path, scope.span, f"{scope.name} is defined here")
    return found(
        "BGT309",
        declared.scope.path,
        declared.parameter.span,
        message,
        [related, *program.chains.related(declared.scope)],
    )


RULE = Rule(
    code="BGT309",
    name="subclass-parameter",
    summary="the parameter is annotated with a subclass: FastAPI injects the plain class",
    fix="none",
    check=check,
)
