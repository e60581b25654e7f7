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
Fix: safe. Passes the instance that the caller holds, by keyword where the parameter is
keyword-only.

## What FastAPI does
Measured from 0.68.0 to 0.165.0: the request answers 200 and the task is never added, or is added to
an instance that nobody runs. FastAPI injects only what it calls itself (`solve_dependencies` in
`fastapi/dependencies/utils.py`). `bool(BackgroundTasks())` is True even when it is empty, so the
guard does pass when the instance is handed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.facts import operands
from flake8_bgtasks.tracking.things import UNKNOWN, NodeRef, Thing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report calls that leave an optional `BackgroundTasks` out although the caller has one."""
    for ref, _ in program.calls:
        sites, complete = program.binder.sites(ref)
        if not complete or len(sites) != 1 or program.is_test(ref.path):
            continue
        holder = _holder(program, sites[0])
        parameter = _skipped(program, sites[0]) if holder is not None else None
        if parameter is not None and holder is not None:
            yield _finding(program, sites[0], parameter, holder)


def _skipped(program: Program, site: Site) -> TasksParameter | None:
    if not site.is_exact or site.how not in ("call", "forward"):
        return None
    for parameter in program.instances.parameters(site.function):
        default = parameter.declared.default
        if default is None or program.binder.argument_for(site, parameter.name) is not None:
            continue
        optional = program.instances.is_none(
            NodeRef(site.function.path, site.function.unit, default)
        )
        spared = optional and not program.instances.needs(parameter.scope, parameter.name)
        if spared and _does_nothing_without(program, parameter):
            return parameter
    return None


def _does_nothing_without(program: Program, parameter: TasksParameter) -> bool:
    """Return whether the tasks are skipped or lost without the argument: no synchronous way out."""
    fate = program.fates.of_parameter_itself(parameter.scope, parameter.name)
    adds = tuple(program.additions.below((parameter.scope, parameter.name)))
    runs_own = any(
        program.function_around(birth) == parameter.scope and program.fates.of(birth).executed
        for birth in program.instances.tasks
    )
    if not adds or fate.executed or runs_own:
        return False
    return not any(_is_done_otherwise(program, add, adds) for add in adds)


def _is_done_otherwise(program: Program, add: NodeRef, adds: Collection[NodeRef]) -> bool:
    """Return whether the function that adds a task names it in a call of another kind too."""
    function = program.function_around(add)
    named = {
        thing
        for ref, call in program.calls
        if ref not in adds and program.function_around(ref) == function
        for node in operands(call)
        for thing in program.evaluator.deep_value(ref._replace(node=node)) - UNKNOWN
    }
    return not named.isdisjoint(_added(program, add))


def _added(program: Program, add: NodeRef) -> Iterator[Thing]:
    """Yield the functions that an `add_task` call adds; those of a helper's call, none."""
    call = program.units.node(add)
    if isinstance(call, facts.Call) and call.arguments:
        method = program.units.node(add._replace(node=call.function))
        if isinstance(method, facts.Attribute) and method.name == "add_task":
            yield from (
                program.evaluator.deep_value(add._replace(node=call.arguments[0].value)) - UNKNOWN
            )


def _holder(program: Program, site: Site) -> str | None:
    """Return the parameter or attribute that holds an instance where the call stands."""
    owner = program.units.owner(site.call)
    for scope in (owner, *program.units.above(owner)):
        for parameter in program.instances.parameters(scope):
            if parameter.declared.default is None or program.roles.is_injected(scope):
                return parameter.name
        cls = program.evaluator.classes.class_of(scope)
        for name in program.instances.attributes(cls) if cls is not None else ():
            return f"self.{name}"
    return None


def _finding(program: Program, site: Site, parameter: TasksParameter, holder: str) -> Finding:
    name = program.units.scope(site.function).qualname
    around = program.function_around(site.call)
    message = (
        f"{name}() is called without its optional {parameter.name!r} and skips its tasks silently, "
        f"although {holder!r} is at hand; pass it{program.chains.text(around)}"
    )
    declared = Related(
        site.function.path, parameter.declared.span, f"{parameter.name!r} is declared here"
    )
    return found(
        "BGT205",
        site.call.path,
        program.span(site.call),
        message,
        [declared, *program.chains.related(around)],
    )


RULE = Rule(
    code="BGT205",
    name="optional-injection-skipped",
    summary="an optional BackgroundTasks is left out although the caller holds one",
    fix="safe",
    check=check,
)
