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
    """Return whether a registration is a call of an application's or router's method, or makes one."""
    call = program.units.node(where)
    assert isinstance(call, facts.Call)
    function = where._replace(node=call.function)
    method = program.units.node(function)
    if not isinstance(method, facts.Attribute):
        return True
    base = function._replace(node=method.base)
    things = program.value(base)
    if any(_is_framework(program, thing) for thing in things):
        return True
    name = getattr(program.units.node(base), "name", "")
    return name in _APP_NAMES and not any(isinstance(thing, External) for thing in things)


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
        if not (filled or parameter.kind.startswith("var_")):
            if program.instances.is_declared(ref, parameter):
                yield parameter
