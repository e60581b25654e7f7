"""# BGT202 fresh-background-tasks

Reports a call that hands a helper a `BackgroundTasks()` made on the spot, `None`, or the class.

## What it does
Looks at what a call passes for a `BackgroundTasks` parameter. `BackgroundTasks()` written in the
call is reported where the helper, at any depth, only adds tasks to it: nobody can run the instance
afterwards. `None` and the class itself are reported where the helper uses them unguarded.

## Why is this bad?
The type checker is content and the client gets a 200, but only the instance that FastAPI injected
is attached to the response. Tasks added to any other one are lost without a log line. `None` and
the class end in a 500.

## Example
```python
def welcome(email: str, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(send_mail, email)


@app.post("/users")
async def create_user(email: str) -> dict[str, str]:
    welcome(email, BackgroundTasks())
    return {"email": email}
```

Use instead:

```python
@app.post("/users")
async def create_user(email: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    welcome(email, background_tasks)
    return {"email": email}
```

## Not reported
- A helper that awaits the instance, attaches it to a response that the route returns, or gives it
  to code that is not known.
- `None` where the helper guards it or has a fallback.
- An instance with a name, `bg = BackgroundTasks(); welcome(email, bg)`: that is BGT101, at the
  construction.
- A service that is handed one, where only methods are called that add nothing to it.
- Tests that call a handler directly with a fresh instance.

## Fix
Fix: safe. Adds `background_tasks: BackgroundTasks` to the route (and to every function between it
and the call) and passes that. A parameter that is there already is used, whatever its name. No fix
where a caller is not reached from an HTTP route. Unsafe for an instance of a class of your own: it
goes into a variable, and is added to the injected one as a task that runs all of its own.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: with a fresh instance the request answers 200 and the task never
runs; with `None` it fails with `AttributeError: 'NoneType' object has no attribute 'add_task'`,
with the class with a `TypeError`. `get_request_handler` (`fastapi/routing.py`) attaches the one
instance that `solve_dependencies` (`fastapi/dependencies/utils.py`) made, and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.idle import is_idle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.binding import GivenArgument, Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def check(program: Program) -> Iterator[Finding]:
    """Report calls that hand a helper a fresh instance, None or the class."""
    births = frozenset(program.instances.tasks)
    for ref, _ in program.calls:
        if program.is_test(ref.path):
            continue
        sites, complete = program.binder.sites(ref)
        if not complete or any(site.how == "partial" for site in sites):
            continue
        for argument in sites[0].arguments if sites else ():
            made = sorted(program.instances.made_in(argument.value, ref) & births)
            problem = _problem(program, sites, argument, made[0] if made else None)
            if problem is not None:
                yield _finding(program, sites[0], argument, problem)
                break


def _problem(
    program: Program, sites: tuple[Site, ...], argument: GivenArgument, birth: NodeRef | None
) -> str | None:
    """Return what goes wrong with an argument, None where nothing is known to."""
    if birth is not None:
        if not program.instances.is_in_function(birth) or program.instances.is_spare(birth):
            return None
        fate = program.fates.of(birth)
        if not fate.is_lost or all(is_idle(program, site, argument) for site in sites):
            return None
        return "a BackgroundTasks() made on the spot: its tasks never run"
    if program.instances.is_the_class(argument.value):
        used = _each_needs(program, sites, argument, even_guarded=True)
        return "the class BackgroundTasks, not an instance: TypeError at run time" if used else None
    if program.instances.is_literal_none(argument.value):
        used = _each_needs(program, sites, argument, even_guarded=False)
        used = used or _each_keeps(program, sites, argument)
        return "None for its BackgroundTasks: AttributeError at run time" if used else None
    return None


def _each_needs(
    program: Program, sites: tuple[Site, ...], argument: GivenArgument, *, even_guarded: bool
) -> bool:
    """Return whether every function that the call may reach uses the argument as an instance."""
    for site in sites:
        parameter = program.binder.parameter_of(site, argument)
        names = [p.name for p in program.instances.parameters(site.function)]
        if parameter is None or parameter.name not in names:
            return False
        if not program.instances.needs(site.function, parameter.name, even_guarded=even_guarded):
            return False
    return bool(sites)


def _each_keeps(program: Program, sites: tuple[Site, ...], argument: GivenArgument) -> bool:
    """Return whether the call makes an object whose method uses what the argument brings it."""
    for site in sites:
        parameter = program.binder.parameter_of(site, argument)
        if parameter is None or not program.instances.is_declared(site.function, parameter):
            return False
        if not program.instances.needs_at_once(site, parameter.name):
            return False
    return bool(sites)


def _finding(program: Program, site: Site, argument: GivenArgument, problem: str) -> Finding:
    name = program.units.scope(site.function).qualname
    around = program.function_around(site.call)
    message = (
        f"{name}() is handed {problem}; pass the injected BackgroundTasks of the request"
        f"{program.chains.text(around)}"
    )
    where = Related(argument.value.path, program.span(argument.value), "the argument")
    return found(
        "BGT202",
        site.call.path,
        program.span(site.call),
        message,
        [where, *program.chains.related(around)],
    )


RULE = Rule(
    code="BGT202",
    name="fresh-background-tasks",
    summary="a call hands over a BackgroundTasks that nobody runs",
    fix="safe",
    check=check,
)
