"""# BGT302 starlette-background-tasks

Reports `BackgroundTasks` taken from Starlette in a project that uses FastAPI.

## What it does

Finds `from starlette.background import BackgroundTasks` and the attribute
`starlette.background.BackgroundTasks`. The finding stands on the import, or on the attribute
expression.

## Why is this bad?

FastAPI injects its own subclass. Code annotated with Starlette's class gets an instance of
FastAPI's, and code that builds Starlette's class misses what FastAPI adds to it: newest FastAPI
wraps each task in a telemetry span, only in its own class. The import also stands beside
`BackgroundTask` (no s), which FastAPI refuses, so one letter away from an app that does not start.

## Example

```python
from starlette.background import BackgroundTasks

@app.post("/users")
def create_user(background_tasks: BackgroundTasks): ...
```

Use instead:

```python
from fastapi import BackgroundTasks

@app.post("/users")
def create_user(background_tasks: BackgroundTasks): ...
```

## Not reported

- A class that is used only where nothing is injected: exception handlers, middleware, Starlette
  endpoints, custom route classes, wrappers under `functools.wraps`.
- `isinstance(response.background, BackgroundTasks)`: Starlette's class is the wider one.
- `from fastapi.background import BackgroundTasks`: the same class as `fastapi.BackgroundTasks`.
- FastAPI itself, where a copy of it lies in the project.
- Projects that use Starlette without FastAPI, and classes of your own with that name.
- FastAPI up to 0.103, which has no class of its own.

## Fix

Fix: safe. Import the name from `fastapi` instead; everything else stays as it is.

## What FastAPI does

Both classes are injected on all versions: `fastapi/dependencies/utils.py`,
`add_non_field_param_to_dependency`, accepts Starlette's class and its subclasses. Up to 0.103
`fastapi.BackgroundTasks` is Starlette's class, from 0.104 a subclass of it
(`fastapi/background.py`). 0.165.0 overrides `__call__` there for telemetry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.imports import starlette_tasks
from flake8_bgtasks.tracking.places import Places
from flake8_bgtasks.tracking.undecided import undecided
from flake8_bgtasks.tracking.versions import KEEPS_STARLETTES_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

_FASTAPIS = ("applications", "background", "routing")
_TESTS = frozenset({"builtins.isinstance", "builtins.issubclass"})
_MESSAGE = (
    "this is Starlette's BackgroundTasks; FastAPI injects its own subclass, and isinstance checks, "
    "patches and tracing of that one miss this: import it from fastapi"
)


def check(program: Program) -> Iterator[Finding]:
    """Report where `BackgroundTasks` is taken from Starlette and used where FastAPI's belongs."""
    if not program.uses_fastapi or program.settings.fastapi_version in KEEPS_STARLETTES_CLASS:
        return
    places, origins = program.once(Places), program.once(starlette_tasks)
    for origin in origins.unused():
        if origin not in origins.uses and not _is_fastapis(program, origin.path):
            yield found("BGT302", origin.path, origin.span, _MESSAGE)
    for origin, uses in origins.uses.items():
        for use in () if _is_fastapis(program, origin.path) else uses:
            reached = filter(places.can_be_injected, _places(program, places, use))
            place = next(reached, None)
            if place is not None and not _is_tested_for(program, use):
                related = Related(use.path, program.span(use), "it is used here")
                message = _MESSAGE + program.chains.text(place)
                yield found("BGT302", origin.path, origin.span, message, [related])
                break


def _places(program: Program, places: Places, use: NodeRef) -> Iterator[ScopeRef]:
    """Yield where a class is used, and where an instance is read that is made at module level."""
    yield places.of(use)
    for made in program.units.using(use) if _is_at_module_level(program, use) else ():
        yield from map(places.of, program.links.reads.get(made, ()))


def _is_at_module_level(program: Program, ref: NodeRef) -> bool:
    return program.units.scope(program.units.owner(ref)).kind == "module"


def _is_fastapis(program: Program, path: str) -> bool:
    """Return whether a file is FastAPI's own, which makes its class out of Starlette's."""
    before, package, _ = path.rpartition("fastapi/")
    if not package or not (before.endswith("/") or not before):
        return False
    return all(f"{before}{package}{name}.py" in program.all_paths for name in _FASTAPIS)


def _is_tested_for(program: Program, ref: NodeRef) -> bool:
    """Return whether a class only stands in `isinstance()`, where Starlette's covers both."""
    users = program.units.using(ref)
    return bool(users) and all(_tests(program, ref, user) for user in users)


def _tests(program: Program, ref: NodeRef, user: NodeRef) -> bool:
    node = program.units.node(user)
    if isinstance(node, facts.Collection):
        return _is_tested_for(program, user)
    if not isinstance(node, facts.Call) or node.function == ref.node:
        return False
    called = program.value(user._replace(node=node.function))
    return all(known.is_external(thing, _TESTS) for thing in called)


RULE = Rule(
    code="BGT302",
    name="starlette-background-tasks",
    summary="BackgroundTasks is imported from Starlette instead of FastAPI",
    fix="safe",
    check=check,
    undecided=lambda program: undecided(program, program.once(starlette_tasks)),
)
