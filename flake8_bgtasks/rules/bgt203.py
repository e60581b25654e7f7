"""# BGT203 called-in-depends

Reports a helper that was meant to be a dependency, but is called by us or by nobody.

## What it does
Reports four spellings around `Depends`, for helpers that need a `BackgroundTasks`:

- `Depends(helper())` in a signature, in `Annotated` or in `dependencies=[...]`: our code calls the
  helper, once, at import.
- `Depends(helper)` as an expression inside a function body: that only makes a marker object.
- `dependencies=[helper]` of a decorator, router, app or `include_router`.
- `param=helper` as the default of a parameter of a path operation or dependency.

## Why is this bad?
FastAPI calls what stands in `Depends(...)` in a signature or in `dependencies=[...]`, and nothing
else. In the forms above the application does not start, or the helper is not called and its task
never runs.

## Example
```python
def audit(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(write_audit_log)


@app.delete("/items/{item_id}")
def delete_item(item_id: int) -> dict[str, int]:
    Depends(audit)
    return {"deleted": item_id}
```

Use instead:

```python
@app.delete("/items/{item_id}", dependencies=[Depends(audit)])
def delete_item(item_id: int) -> dict[str, int]:
    return {"deleted": item_id}
```

## Not reported
- Dependency factories: `Depends(require_role("admin"))` where the call returns a callable, or where
  it is not known what it returns.
- An instance of a class that has `__call__`: `Depends(Auditor())`.
- A `Depends(helper)` that is kept: in a list of dependencies, an `Annotated` alias, a default.
- Helpers that have nothing to do with background tasks.

## Fix
Fix: safe. Writes `Depends(helper)` where FastAPI reads it: in `dependencies=[...]` of the decorator
where it stood alone in the body, and `x = Depends(helper)` becomes a parameter. Unsafe where the
helper has parameters that FastAPI would take from the request, and where other code comes before.
In functions that FastAPI doesn't call, and under an `if`, the helper is called with the injected
instance. No fix where the call passes arguments.

## What FastAPI does
Measured from 0.68.0 to 0.165.0. `Depends(helper())`: an error at import (`TypeError`, in
`dependencies=[...]` also `AssertionError`), or a 422 on every request. `Depends(helper)` in a body
and `param=helper`: nothing is called; the parameter holds the function. `dependencies=[helper]`:
`AttributeError: 'function' object has no attribute 'dependency'` at import, for `include_router`
in 0.165.0 at the first request. See `get_dependant` and `get_parameterless_sub_dependant` in
`fastapi/dependencies/utils.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule, found
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Function, Instance, Method, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing


def check(program: Program) -> Iterator[Finding]:
    """Report helpers that are meant to be injected and are not."""
    for ref, call in program.calls:
        if program.is_depends_call(ref, call):
            yield from _depends(program, ref, call)
        if program.roles.takes_dependencies(ref, call):
            yield from _bare_dependencies(program, ref, call)
    for scope_ref, scope in program.scopes:
        if program.roles.is_injected(scope_ref):
            for parameter in scope.parameters:
                yield from _default(program, scope_ref, parameter)


def _depends(program: Program, ref: NodeRef, call: facts.Call) -> Iterator[Finding]:
    for argument in call.arguments[:1]:
        inner = ref._replace(node=argument.value)
        called = program.units.node(inner)
        if isinstance(called, facts.Call):
            name = _helper(program, inner._replace(node=called.function))
            if name and not _gives_callable(program, inner):
                message = (
                    f"Depends({name}()) calls {name} once, without injection, when the module is "
                    f"imported; write Depends({name})"
                )
                yield found("BGT203", ref.path, program.span(inner), message)
        elif _is_idle(program, ref):
            name = _helper(program, inner)
            if name:
                message = (
                    f"Depends({name}) in a function body does nothing: FastAPI reads it only in a "
                    f"signature; make it a parameter of the path operation"
                )
                yield found("BGT203", ref.path, program.span(ref), message)


def _is_idle(program: Program, ref: NodeRef) -> bool:
    """Return whether a marker stands in a function body and goes nowhere."""
    scope = program.units.scope(program.units.owner(ref))
    if scope.kind != "function" or program.is_in_signature(ref):
        return False
    return _goes_nowhere(program, ref)


def _goes_nowhere(program: Program, ref: NodeRef) -> bool:
    users = program.units.users(ref)
    events = [event for _, event in users.events.get(ref.node, ())]
    kept = any(not isinstance(event, (facts.Evaluated, facts.Condition)) for event in events)
    if kept or program.links.reads.get(ref):
        return False
    for user in program.units.using(ref):
        node = program.units.node(user)
        same = isinstance(node, (facts.Awaited, facts.Declared, facts.Narrowed))
        if not isinstance(node, facts.Tested) and not (same and _goes_nowhere(program, user)):
            return False
    return True


def _gives_callable(program: Program, ref: NodeRef) -> bool:
    """Return whether a call may give something that can be called (a dependency factory)."""
    node = program.units.node(ref)
    assert isinstance(node, facts.Call)
    for thing in program.value(ref._replace(node=node.function)):
        if isinstance(thing, Class):
            called = program.evaluator.attribute(Instance(thing, exact=True), "__call__")
            return any(isinstance(method, Method) for method in called)
        if not isinstance(thing, Function):
            return True
        scope = program.units.scope(thing.ref)
        returned = [e for e in scope.events if isinstance(e, facts.Returned)]
        for event in returned:
            value = program.units.node(NodeRef(thing.ref.path, thing.ref.unit, event.value))
            if not isinstance(value, (facts.Constant, facts.Collection, facts.Tested)):
                return not _is_data(program, NodeRef(thing.ref.path, thing.ref.unit, event.value))
    return False


def _is_data(program: Program, ref: NodeRef) -> bool:
    node = program.units.node(ref)
    return isinstance(node, (facts.Parameter, facts.Opaque)) or program.is_tasks(program.value(ref))


def _bare_dependencies(program: Program, ref: NodeRef, call: facts.Call) -> Iterator[Finding]:
    for argument in call.arguments:
        items = program.units.node(ref._replace(node=argument.value))
        if argument.keyword != "dependencies" or not isinstance(items, facts.Collection):
            continue
        for item in items.items:
            name = _helper(program, ref._replace(node=item))
            if name:
                message = (
                    f"dependencies=[{name}] is no dependency: FastAPI expects Depends({name}) and "
                    "fails without it"
                )
                yield found("BGT203", ref.path, program.span(ref._replace(node=item)), message)


def _default(
    program: Program, ref: ScopeRef, parameter: facts.SignatureParameter
) -> Iterator[Finding]:
    if parameter.default is None:
        return
    default = NodeRef(ref.path, ref.unit, parameter.default)
    name = (
        _helper(program, default) if not isinstance(program.units.node(default), facts.Call) else ""
    )
    if name:
        message = (
            f"{parameter.name}={name} is a plain default value: {name} is never called; "
            f"write {parameter.name}=Depends({name})"
        )
        yield found("BGT203", ref.path, parameter.span, message)


def _helper(program: Program, ref: NodeRef) -> str:
    """Return the name of the helper that a value is, `""` where it is none."""
    things = program.value(ref)
    names = [_helper_name(program, thing) for thing in things]
    return names[0] if len(names) == 1 else ""


def _helper_name(program: Program, thing: Thing) -> str:
    if isinstance(thing, Function) and program.instances.is_helper(thing.ref):
        return program.units.scope(thing.ref).qualname
    if isinstance(thing, Class):
        made = program.evaluator.attribute(Instance(thing, exact=True), "__init__")
        if any(isinstance(m, Method) and program.instances.is_helper(m.function) for m in made):
            return program.units.scope(thing.ref).qualname
    return ""


RULE = Rule(
    code="BGT203",
    name="called-in-depends",
    summary="a dependency is called or named where Depends(helper) is meant",
    fix="safe",
    check=check,
)
