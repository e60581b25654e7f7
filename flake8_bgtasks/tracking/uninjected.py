"""Functions that the framework calls without injecting anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import External, Instance, NodeRef, ScopeRef, Thing
from flake8_bgtasks.tracking.wrappers import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.roles import Role

_CALLED_METHODS = {
    "starlette.middleware.base.BaseHTTPMiddleware": frozenset({"dispatch"}),
    "starlette.endpoints.HTTPEndpoint": frozenset(
        {"get", "post", "put", "patch", "delete", "head", "options"}
    ),
    "starlette.endpoints.WebSocketEndpoint": frozenset(
        {"on_connect", "on_receive", "on_disconnect"}
    ),
}
_APP_NAMES = frozenset({"app", "application", "api", "router"})


def uninjected_role(program: Program, ref: ScopeRef) -> Role | None:
    """Return what a function surely is, where that is nothing that FastAPI injects into."""
    if program.roles.is_injected(ref):
        return None
    return next((r for r in program.roles.of(ref) if _is_sure(program, ref, r)), None)


def _is_sure(program: Program, ref: ScopeRef, role: Role) -> bool:
    if role.where is None:
        return program.units.scope(ref).name in _CALLED_METHODS.get(role.label, ())
    return is_seen(program, ref, role) and _is_of_app(program, role.where)


def _is_of_app(program: Program, where: NodeRef) -> bool:
    """Return whether a registration is by an app or router, or what is named like one."""
    if is_of_framework(program, where):
        return True
    base = _base(program, where)
    things = frozenset() if base is None else program.value(base)
    named = base is not None and getattr(program.units.node(base), "name", "") in _APP_NAMES
    return named and not any(isinstance(thing, External) for thing in things)


def is_of_framework(program: Program, where: NodeRef) -> bool:
    """Return whether a registration is by a method of a known app or router, or makes one."""
    base = _base(program, where)
    return base is None or any(_is_framework(program, thing) for thing in program.value(base))


def _base(program: Program, where: NodeRef) -> NodeRef | None:
    """Return the object whose method a registration calls, None where it calls a function."""
    call = program.units.node(where)
    assert isinstance(call, facts.Call)
    method = program.units.node(where._replace(node=call.function))
    return where._replace(node=method.base) if isinstance(method, facts.Attribute) else None


def _is_framework(program: Program, thing: Thing) -> bool:
    if isinstance(thing, Instance):
        apps = known.ROUTERS | known.STARLETTE_APPS
        return program.evaluator.classes.is_instance(thing, apps)
    return isinstance(thing, External) and thing.name.startswith(("fastapi.", "starlette."))


def required_tasks(program: Program, ref: ScopeRef) -> Iterator[facts.SignatureParameter]:
    """Yield the `BackgroundTasks` parameters of a function that have no value of their own."""
    parameters = program.units.scope(ref).parameters
    bound = program.evaluator.classes.receiver(ref) is not None
    for parameter in parameters[1:] if bound else parameters:
        default = parameter.default
        filled = default is not None and not program.is_depends(
            NodeRef(ref.path, ref.unit, default)
        )
        if filled or parameter.kind.startswith("var_"):
            continue
        if program.instances.is_declared(ref, parameter):
            yield parameter
