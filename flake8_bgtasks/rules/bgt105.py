"""# BGT105 awaited-injected-tasks

A route or dependency awaits the instance that FastAPI injected, so that its tasks run twice.

## What it does
Reports `await tasks()` where `tasks` is the injected `BackgroundTasks` of an HTTP route or of one
of its dependencies, also in a helper that the instance is passed to.

## Why is this bad?
`await tasks()` runs every task at once, before the response, while the client waits. It does not
empty the list. FastAPI then attaches the same instance to the response and runs every task a second
time: two e-mails, two charges, two rows.

## Example
```python
@app.post("/payments")
async def pay(amount: int, tasks: BackgroundTasks):
    tasks.add_task(charge_card, amount)
    await tasks()
    return {"paid": amount}
```

Use instead:
```python
@app.post("/payments")
async def pay(amount: int, tasks: BackgroundTasks):
    tasks.add_task(charge_card, amount)
    return {"paid": amount}
```

## Not reported
- An instance that you made yourself: awaiting it is how it runs.
- An `await` before anything is added: what is added later runs once, after the response.
- WebSocket routes: FastAPI runs nothing there, so awaiting is the only way.
- A helper that awaits its parameter, where only fresh instances are passed to it.
- Tests that call a route directly and then await the instance they passed.

## Fix
Fix: unsafe. Removes the `await`, or the tasks out of `asyncio.gather(…)`: the tasks then run once,
after the response, which is why it is unsafe. If the work must be done before the response, call
the function itself instead of adding it as a task. No fix where a caller may pass an instance that
only this `await` runs.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: the tasks run before the response and again after it.
`starlette/background.py` `BackgroundTasks.__call__` loops over `self.tasks` and removes none;
`fastapi/routing.py` `get_request_handler` attaches the injected instance to the response whether or
not it has run. The WebSocket path (`get_websocket_app`) attaches nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def check(program: Program) -> Iterator[Finding]:
    """Report `await tasks()` on an injected instance, in the function or in what it calls."""
    seen: set[NodeRef] = set()
    for scope in sorted(program.roles.injected):
        if program.is_test(scope.path) or program.requests.serve_websockets(scope):
            continue
        for parameter in program.instances.parameters(scope):
            fate = program.fates.of_parameter_itself(scope, parameter.name)
            awaited = () if fate.opened else sorted(fate.awaited - seen)
            adds = fate.adds | _adds_beside(program, scope) if awaited else ()
            for ref in awaited:
                if any(_comes_before(program, add, ref) for add in adds):
                    seen.add(ref)
                    yield _finding(program, ref)


def _adds_beside(program: Program, scope: ScopeRef) -> frozenset[NodeRef]:
    """Return where other functions of the requests, which share the instance, add tasks."""
    others = program.requests.beside(scope) - {scope}
    return frozenset().union(*map(program.additions.in_function, others))


def _comes_before(program: Program, add: NodeRef, wait: NodeRef) -> bool:
    owner = program.units.owner
    return owner(add) != owner(wait) or program.ways.reaches(add, wait)


def _finding(program: Program, ref: NodeRef) -> Finding:
    function = program.function_around(ref)
    message = (
        "the injected BackgroundTasks is awaited here: its tasks run before the response and "
        "FastAPI runs them again after it; drop the 'await' or use an instance of your own"
        f"{program.chains.text(function)}"
    )
    return found("BGT105", ref.path, program.span(ref), message, program.chains.related(function))


RULE = Rule(
    code="BGT105",
    name="awaited-injected-tasks",
    summary="awaiting the injected tasks runs them twice",
    fix="unsafe",
    check=check,
)
