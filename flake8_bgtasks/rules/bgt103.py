"""# BGT103 discarded-background-task

A single background task is made and thrown away, or called without `await`.

## What it does
Reports three slips:

- `BackgroundTask(f, …)` that is neither attached to a response nor awaited;
- `tasks()` or `BackgroundTask(f)()` without `await`;
- `tasks.add_task` without a call.

## Why is this bad?
Making a `BackgroundTask` only stores the function and its arguments. Calling it, as in `task()`,
only makes a coroutine; without `await` its body never starts. `tasks.add_task` without parentheses
looks up a method and does nothing. In all three the work is silently lost and the client gets a
200; a call without `await` leaves at most a `RuntimeWarning` in the log.

## Example
```python
@app.post("/reports")
def create_report(name: str):
    BackgroundTask(render_report, name)
    return {"name": name}
```

Use instead:
```python
@app.post("/reports")
def create_report(name: str, tasks: BackgroundTasks):
    tasks.add_task(render_report, name)
    return {"name": name}
```

## Not reported
- A `BackgroundTask` given to a response as `background=`, or assigned to `.background` of the
  response that is returned.
- A `BackgroundTask` used as a task of `BackgroundTasks`: `add_task(BackgroundTask(f))` or
  `BackgroundTasks([BackgroundTask(f)])`.
- A call whose coroutine is awaited later, or handed to `asyncio.run`, `create_task` or `gather`.
- A task that is returned, stored, or passed to code that is not known.
- A call with arguments, `tasks(f, x)`, which fails: BGT508.

## Fix
Fix: none. The tool can't know when the work should run. By hand: `tasks.add_task(f, …)` on an
injected `BackgroundTasks` to run it after the response, `background=` for a response that you
build, or `await task()` to run it now.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: an unused `BackgroundTask(f)` and a bare
`tasks.add_task` are lost silently; `tasks()` and `BackgroundTask(f)()` raise
`RuntimeWarning: coroutine … was never awaited`. `BackgroundTask.__init__` in
`starlette/background.py` only stores its arguments; `__call__` is `async def`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def check(program: Program) -> Iterator[Finding]:
    """Report task objects that are dropped, their calls without `await`, and a bare `add_task`."""
    explained: set[NodeRef] = set()
    for birth in program.instances.single:
        if _is_dropped(program, birth) and birth not in program.misuses.subjects:
            explained |= program.fates.of(birth).dropped
            message = (
                "this BackgroundTask is never attached to a response or awaited: it never runs; "
                "add it to an injected BackgroundTasks with add_task()"
            )
            yield _finding(program, birth, message)
    for ref, call in program.calls:
        if ref not in explained and _is_unawaited(program, ref, call):
            message = "calling a task object only makes a coroutine: without 'await' nothing runs"
            yield _finding(program, ref, message)
    for ref in _bare_methods(program):
        message = (
            "'add_task' is named but not called: no task is added; write add_task(function, …)"
        )
        yield _finding(program, ref, message)


def _is_dropped(program: Program, birth: NodeRef) -> bool:
    fate = program.fates.of(birth)
    return not (fate.is_run or fate.leaked) and program.instances.is_in_function(birth)


def _is_unawaited(program: Program, ref: NodeRef, call: facts.Call) -> bool:
    """Return whether a call `tasks()` is thrown away."""
    function = ref._replace(node=call.function)
    method = program.units.node(function)
    if isinstance(method, facts.Attribute) and method.name == "__call__":
        function = ref._replace(node=method.base)
    if not program.is_task_object(program.value(function)) or ref in program.misuses.places:
        return False
    users = program.units.users(ref)
    events = [event for _, event in users.events.get(ref.node, ())]
    dropped = all(isinstance(event, facts.Evaluated) for event in events)
    return dropped and not users.nodes.get(ref.node) and ref not in program.links.reads


def _bare_methods(program: Program) -> Iterator[NodeRef]:
    for ref, node in program.nodes:
        if isinstance(node, facts.Attribute) and node.name == "add_task":
            users = program.units.users(ref)
            events = [event for _, event in users.events.get(ref.node, ())]
            thrown_away = any(isinstance(event, facts.Evaluated) for event in events)
            if thrown_away and program.is_tasks(program.value(ref._replace(node=node.base))):
                yield ref


def _finding(program: Program, ref: NodeRef, message: str) -> Finding:
    function = program.function_around(ref)
    return found(
        "BGT103",
        ref.path,
        program.span(ref),
        message + program.chains.text(function),
        program.chains.related(function),
    )


RULE = Rule(
    code="BGT103",
    name="discarded-background-task",
    summary="a background task is made or called, but never runs",
    fix="none",
    check=check,
)
