"""# BGT104 returned-background-tasks

A route returns its `BackgroundTasks` object, so that it ends in the response body.

## What it does
Reports a `return` of a path operation that hands the tasks object to the client: `return tasks`, or
the object inside a returned tuple, list or dict. An injected instance and an own one count alike.

## Why is this bad?
What a route returns becomes the body. FastAPI turns the object into JSON, so that the client sees
the task list: names of internal functions, their arguments, possibly personal data or secrets. If
the instance is your own, its tasks are lost as well: a body runs nothing. With a return annotation
recent releases refuse the object: a 500 for the client, and the tasks are lost in any case.

## Example
```python
@app.post("/users")
def create_user(email: str):
    tasks = BackgroundTasks()
    tasks.add_task(send_welcome, email)
    return {"email": email}, tasks
```

Use instead:
```python
@app.post("/users")
def create_user(email: str, tasks: BackgroundTasks):
    tasks.add_task(send_welcome, email)
    return {"email": email}
```

## Not reported
- A helper or dependency that returns its instance: the caller decides what to do with it.
- A response that carries the instance: `return JSONResponse(body, background=tasks)`.
- Values read from the instance, such as `return {"queued": len(tasks.tasks)}`.

## Fix
Fix: none. By hand: take the instance as a parameter of the route and return only the data. With a
response of your own, pass the instance as its `background=`.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: `return tasks` sends the task list to the client, and
a fresh instance is lost, also in a tuple. FastAPI serialises every returned value that is no
`Response` (`fastapi/routing.py` `get_request_handler`, `serialize_response`) and looks for tasks
only in the instance that it injected. An injected one still runs after the response. With a return
annotation such as `Any` or `dict[str, Any]` the request is a 200 on 0.115.12 and a 500
(`PydanticSerializationError`) on 0.128.2, 0.140.0 and 0.165.0; nothing runs then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.facts import operands
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterator[Finding]:
    """Report `return tasks` in path operations."""
    leaked = frozenset(_leaked(program))
    for ref, scope in program.scopes:
        if "route" not in program.roles.kinds(ref):
            continue
        for event in scope.events:
            if isinstance(event, facts.Returned) and (
                (ref.path, ref.unit, event) in leaked
                or _holds_tasks(program, NodeRef(ref.path, ref.unit, event.value))
            ):
                message = (
                    "the BackgroundTasks object itself is returned: it is written into the "
                    "response body; an instance of your own never runs. Return your data, and "
                    f"attach tasks with 'background='{program.chains.text(ref)}"
                )
                yield found("BGT104", ref.path, event.span, message, program.chains.related(ref))


def _leaked(program: Program) -> Iterator[tuple[str, int, facts.Returned]]:
    """Yield the returns that an instance gets to, whatever it is called on the way."""
    for birth in program.instances.tasks:
        yield from program.fates.of(birth).leaked
    for scope in program.roles.injected:
        for parameter in program.instances.parameters(scope):
            for node in program.links.held_by(scope, parameter.name):
                yield from program.fates.of(node).leaked


def _holds_tasks(program: Program, ref: NodeRef) -> bool:
    """Return whether a value is a tasks object, or a display that has one in it."""
    pending, seen = [ref], {ref}
    while pending:
        current = pending.pop()
        node = program.units.node(current)
        if not isinstance(node, (facts.Collection, facts.Choice)):
            if program.is_task_object(program.value(current)):
                return True
            continue
        for inner in operands(node):
            part = current._replace(node=inner)
            if part not in seen:
                seen.add(part)
                pending.append(part)
    return False


RULE = Rule(
    code="BGT104",
    name="returned-background-tasks",
    summary="the BackgroundTasks object itself is sent to the client",
    fix="none",
    check=check,
)
