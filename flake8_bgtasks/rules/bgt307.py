"""# BGT307 background-tasks-not-injected-here

Reports a `BackgroundTasks` parameter of a function into which nothing is injected.

## What it does

FastAPI injects into path operations and dependencies, nowhere else. This rule finds the parameter
on exception handlers, `http` middleware, lifespan functions, startup and shutdown handlers,
Starlette routes (`Route`, `app.add_route`), on a wrapper whose signature `functools.wraps` hides,
and on a route under a decorator without `functools.wraps`. The finding stands on the parameter.

## Why is this bad?

Those functions are called with a fixed set of arguments, so the call fails with TypeError.

## Example

```python
@app.exception_handler(PaymentError)
async def payment_failed(request: Request, exc: PaymentError, background_tasks: BackgroundTasks):
    background_tasks.add_task(notify_support, str(exc))
    return JSONResponse({"error": "payment"}, status_code=402)
```

Use instead:

```python
@app.exception_handler(PaymentError)
async def payment_failed(request: Request, exc: PaymentError):
    task = BackgroundTask(notify_support, str(exc))
    return JSONResponse({"error": "payment"}, status_code=402, background=task)
```

## Not reported

- Dependencies, also those of a router, an app or `include_router`: they are injected.
- Functions of that shape that are never registered, and plain helpers.
- Decorators with `functools.wraps` around a function that declares the parameter itself.

## Fix

Fix: none, because the right place depends on what you want. In handlers, middleware and Starlette
endpoints attach the task to the response: `background=BackgroundTask(f, x)`. At startup and in a
lifespan call or await the function. For decorators add `functools.wraps` and declare the parameter
on the route itself.

## What FastAPI does

All versions: exception handlers get `(request, exc)` (`starlette/_exception_handler.py`), `http`
middleware `(request, call_next)` (`starlette/middleware/base.py`), a lifespan the app, startup and
shutdown handlers nothing: TypeError. A Starlette route gets the request as its only argument
(`starlette/routing.py`, `request_response`). Signatures are read through `__wrapped__`, so FastAPI
never sees a parameter of the wrapper; without `wraps` it sees only `*args, **kwargs`, two query
parameters: 422.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking.uninjected import required_tasks, uninjected_role
from flake8_bgtasks.tracking.wrappers import hidden_signatures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.facts import SignatureParameter
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

_WHAT = {
    "exception_handler": "an exception handler is called with (request, exc)",
    "middleware": "middleware is called with (request, call_next)",
    "event": "a startup or shutdown handler is called without arguments",
    "lifespan": "a lifespan function is called with the app",
    "starlette": "a Starlette route is called with the request",
}


def check(program: Program) -> Iterator[Finding]:
    """Report `BackgroundTasks` parameters of functions that nothing is injected into."""
    for ref, scope in program.scopes:
        role = uninjected_role(program, ref) if scope.kind == "function" else None
        for parameter in required_tasks(program, ref) if role is not None else ():
            yield _finding(program, ref, parameter, f"{_WHAT[role.kind]} only")  # type: ignore[union-attr]
    for hidden, route, _ in hidden_signatures(program):
        for parameter in required_tasks(program, hidden):
            why = _hidden_by(program, hidden, route, parameter)
            if why is not None:
                yield _finding(program, hidden, parameter, why, route)


def _hidden_by(
    program: Program, hidden: ScopeRef, route: ScopeRef, parameter: SignatureParameter
) -> str | None:
    """Return what hides a parameter from FastAPI; None where the route declares it as well."""
    if hidden == route:
        return "the decorator has no functools.wraps, so FastAPI sees only *args and **kwargs"
    scope = program.units.scope(route)
    if any(other.name == parameter.name for other in scope.parameters):
        return None
    return f"functools.wraps shows FastAPI the signature of {scope.qualname}() instead"


def _finding(
    program: Program,
    ref: ScopeRef,
    parameter: SignatureParameter,
    why: str,
    route: ScopeRef | None = None,
) -> Finding:
    around = ref if route is None else route
    message = (
        f"nothing is injected for {parameter.name!r}: {why}; {_advice(route)}"
        f"{program.chains.text(around)}"
    )
    return found("BGT307", ref.path, parameter.span, message, program.chains.related(around))


def _advice(route: ScopeRef | None) -> str:
    if route is None:
        return "attach a task to the response, or call the function"
    return "use functools.wraps and declare it on the route"


RULE = Rule(
    code="BGT307",
    name="background-tasks-not-injected-here",
    summary="FastAPI does not inject BackgroundTasks into this function",
    fix="none",
    check=check,
)
