"""# BGT405 injected-response-background

`.background =` is set on the injected `Response`, which is not what is returned: it is ignored.

## What it does
Reports an assignment to `.background` of the `response: Response` parameter that FastAPI passes to
a path operation or dependency, also in a helper that it is passed to, unless that very object is
returned.

## Why is this bad?
The injected response is a notepad: FastAPI copies its headers and its status code to the response
that is really sent, and nothing else. Whatever is assigned to `.background` is lost silently.
Where it is the injected `BackgroundTasks` itself, the line does nothing: those tasks run anyway.

## Example
```python
@app.post("/orders")
def create_order(response: Response):
    response.headers["X-Queue"] = "mail"
    response.background = BackgroundTask(send_mail)
    return {"ok": True}
```

Use instead:
```python
@app.post("/orders")
def create_order(response: Response, tasks: BackgroundTasks):
    response.headers["X-Queue"] = "mail"
    tasks.add_task(send_mail)
    return {"ok": True}
```

## Not reported
- A response that the function made itself, or that `call_next` gave to a middleware.
- An injected response that is returned, or handed to a call whose result is returned.
- `response.background = None`.

## Fix
Fix: safe. Removes the line; tasks of an own instance go to an injected `background_tasks:
BackgroundTasks`, which the function and all its callers up to the routes take, as for BGT101.
Unsafe where the instance is made elsewhere: the response that is returned right behind takes it. No
fix where that may be another one, or where not all callers are known.

## What FastAPI does
Measured on nine releases, 0.68.0 to 0.165.0: lost silently. With `return response` the test client
runs the task, while uvicorn fails with `KeyError: None`, as the injected response has no status
code. `fastapi/routing.py` `get_request_handler` takes headers, cookies and the status code over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.facts import operands
from flake8_bgtasks.tracking.things import Nothing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.backgrounds import Given
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def check(program: Program) -> Iterator[Finding]:
    """Report backgrounds of the injected response."""
    for given in program.backgrounds.given:
        nothing = program.value(given.value) == frozenset([Nothing()])
        if nothing or program.is_test(given.response.path):
            continue
        sources = program.backgrounds.options(given.response)
        if all(_is_own_parameter(program, source, frozenset()) for source in sources):
            yield _finding(program, given)


def _is_injected(program: Program, scope: ScopeRef, name: str, seen: frozenset[ScopeRef]) -> bool:
    """Return whether a parameter is always FastAPI's own response, which nobody returns."""
    parameter = program.links.parameters.get((scope, name))
    if parameter is None or scope in seen or _may_return(program, scope, parameter):
        return False
    injected = program.roles.is_injected(scope)
    if program.roles.kinds(scope) - {"route", "dependency"}:
        return False
    passed = [
        program.binder.argument_for(site, name)
        for site in program.sites_of.get(scope, ())
        if not program.is_test(site.call.path)
    ]
    if not passed:
        return injected and _has_no_default(program, scope, name)
    return all(
        argument is not None and _is_own_parameter(program, argument.value, seen | {scope})
        for argument in passed
    )


def _has_no_default(program: Program, scope: ScopeRef, name: str) -> bool:
    declared = [p for p in program.units.scope(scope).parameters if p.name == name]
    return bool(declared) and declared[0].default is None


def _is_own_parameter(program: Program, ref: NodeRef, seen: frozenset[ScopeRef]) -> bool:
    node = program.units.node(ref)
    if not isinstance(node, facts.Parameter):
        return False
    return _is_injected(program, program.units.owner(ref), node.name, seen)


def _may_return(program: Program, scope: ScopeRef, parameter: NodeRef) -> bool:
    """Return whether a function returns a parameter, or what a call makes of it."""
    pending = [value.node for value in program.backgrounds.returns(scope)]
    seen = set(pending)
    while pending:
        current = pending.pop()
        if current == parameter.node:
            return True
        following = set(operands(program.units.node(parameter._replace(node=current)))) - seen
        seen |= following
        pending += following
    return False


def _finding(program: Program, given: Given) -> Finding:
    scope = program.function_around(given.response)
    what = "FastAPI takes only headers and the status code from the injected Response"
    if program.instances.injected_parameters(given.value):
        advice = "remove the line: the injected tasks run without it"
    else:
        advice = "add the task to an injected BackgroundTasks instead"
    message = f"this background is ignored: {what}; {advice}{program.chains.text(scope)}"
    related = program.chains.related(scope)
    return found("BGT405", given.response.path, given.span, message, related)


RULE = Rule(
    code="BGT405",
    name="injected-response-background",
    summary="a background is set on the injected Response, which ignores it",
    fix="safe",
    check=check,
)
