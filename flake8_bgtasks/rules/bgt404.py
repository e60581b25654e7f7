"""# BGT404 add-task-after-yield

A dependency adds a task after its `yield`: the response does not run it any more.

## What it does
Reports `add_task` on an injected instance, and calls of helpers that add tasks to it, that come
after the `yield` of a dependency: on the normal way and in `finally` where the FastAPI version of
the project loses them, in an `except` around the `yield` with every version.

## Why is this bad?
The code after `yield` is where a dependency cleans up, so it looks like the place for work "at the
end". But in most FastAPI releases it runs when the response has been sent and its tasks have run:
what is added then is dropped, silently. In an `except` branch the request has failed, and a request
that fails runs no tasks at all.

## Example
```python
async def audited(tasks: BackgroundTasks):
    started = time.monotonic()
    yield
    tasks.add_task(write_audit, time.monotonic() - started)
```

Use instead:
```python
async def audited():
    started = time.monotonic()
    yield
    await run_in_threadpool(write_audit, time.monotonic() - started)
```

## Not reported
- Tasks that are added before the `yield`.
- FastAPI 0.106 to 0.117, where this code runs before the tasks, except in an `except` branch.
- `Depends(…, scope="function")`, from 0.121: the same.
- Generators that are no dependencies, such as a `@contextmanager` that a route uses.
- An instance that is awaited after the task was added.

## Fix
Fix: none. By hand: call the function instead of adding it, since the client has its answer already
by then; or add the task before the `yield`, or with `Depends(…, scope="function")` where that
exists.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: lost up to 0.105 and from 0.118 on the normal way and
in `finally`; runs on 0.106 to 0.117, and from 0.121 with `scope="function"`. In an `except` around
the `yield`: always lost. `fastapi/routing.py` `request_response` and `get_request_handler` decide
when the exit stack of the dependencies is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Related
from flake8_bgtasks.lifetimes.values import MANAGERS
from flake8_bgtasks.lifetimes.ways import managed_blocks
from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import NodeRef
from flake8_bgtasks.tracking.versions import HAS_DEPENDS_SCOPE, LEAVES_BEFORE_TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef


def check(program: Program) -> Iterator[Finding]:
    """Report what is added after the `yield` of a dependency."""
    seen = set()
    for scope, name in program.additions.injected:
        fate = program.fates.of_parameter_itself(scope, name)
        if fate.executed or not program.requests.serve_http(scope):
            continue
        for call in sorted(fate.adds):
            for add in _late_adds(program, scope, call):
                if add not in seen and _is_lost(program, scope, add):
                    seen.add(add)
                    yield _finding(program, scope, add)


def _late_adds(program: Program, scope: ScopeRef, call: NodeRef) -> Iterator[NodeRef]:
    """Yield the calls that add tasks when a dependency goes on: behind its `yield`.

    Or behind that of the `@contextmanager` function whose `with` block it waits in.
    """
    names = program.evaluator.classes.decorator_names(scope)
    if program.units.owner(call) != scope or not names.isdisjoint(MANAGERS):
        return
    if program.additions.is_after_yield(call):
        yield call
    elif call.node in _entered(program, scope):
        for helper, name in program.additions.helpers(call):
            alone = len(program.sites_of.get(helper, ())) == 1
            for add in program.fates.of_parameter_itself(helper, name).adds:
                if program.units.owner(add) == helper and program.additions.is_after_yield(add):
                    yield add if alone else call


def _entered(program: Program, scope: ScopeRef) -> frozenset[int]:
    """Return the managers of the `with` blocks that a generator waits in."""
    waits = program.units.scope(scope)
    if not waits.yields:
        return frozenset()
    return frozenset(
        manager
        for managers, first, end in managed_blocks(waits.steps)
        if any(first <= node < end for node in waits.yields)
        for manager in managers
    )


def _is_lost(program: Program, scope: ScopeRef, add: NodeRef) -> bool:
    if not _is_reached_normally(program, add):
        return True
    if program.settings.fastapi_version in LEAVES_BEFORE_TASKS:
        return False
    return not _leaves_early(program, scope)


def _is_reached_normally(program: Program, add: NodeRef) -> bool:
    """Return whether the code runs too where the request did not fail."""
    scope = program.units.owner(add)
    yields = [NodeRef(*scope[:2], node) for node in program.units.scope(scope).yields]
    if not program.additions.is_after_yield(add):
        return True
    return any(program.ways.leads_to(place, add) for place in yields)


def _leaves_early(program: Program, scope: ScopeRef) -> bool:
    """Return whether every use of a dependency says `scope="function"`."""
    if program.settings.fastapi_version not in HAS_DEPENDS_SCOPE:
        return False
    calls = program.roles.dependants.get(scope, ())
    return bool(calls) and all(_has_function_scope(program, call) for call in calls)


def _has_function_scope(program: Program, ref: NodeRef) -> bool:
    call = program.units.node(ref)
    values = [
        program.units.node(ref._replace(node=argument.value))
        for argument in (call.arguments if isinstance(call, facts.Call) else ())
        if argument.keyword == "scope"
    ]
    return bool(values) and values[0] == facts.Constant("string", "function")


def _finding(program: Program, scope: ScopeRef, add: NodeRef) -> Finding:
    if _is_reached_normally(program, add):
        reason = (
            "code after 'yield' runs when the response and its tasks are done (FastAPI up to "
            "0.105, and 0.118 and later)"
        )
    else:
        reason = "this code runs when the request has failed, and FastAPI drops its tasks then"
    message = (
        f"this task never runs: {reason}; call the function here, or add it before the 'yield'"
        f"{program.chains.text(scope)}"
    )
    related = [
        Related(scope.path, program.span(NodeRef(*scope[:2], node)), "the dependency waits here")
        for node in program.units.scope(scope).yields
    ]
    return found(
        "BGT404",
        add.path,
        program.span(add),
        message,
        [*related, *program.chains.related(scope)],
    )


RULE = Rule(
    code="BGT404",
    name="add-task-after-yield",
    summary="a dependency adds a task after its yield, when the response has run its tasks",
    fix="none",
    check=check,
)
