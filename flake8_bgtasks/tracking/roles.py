"""Which functions FastAPI and Starlette call, and as what."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.labels import VERBS, Labels
from flake8_bgtasks.tracking.things import (
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    Partial,
    ScopeRef,
    Thing,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.tracking.program import Program

Kind = Literal[
    "route",
    "websocket",
    "dependency",
    "exception_handler",
    "middleware",
    "event",
    "lifespan",
    "starlette",
]

_REGISTRARS: dict[str, tuple[Kind, int, str]] = {
    "add_api_route": ("route", 1, "endpoint"),
    "add_api_websocket_route": ("websocket", 1, "endpoint"),
    "add_websocket_route": ("starlette", 1, "route"),
    "add_route": ("starlette", 1, "route"),
    "add_exception_handler": ("exception_handler", 1, "handler"),
    "add_event_handler": ("event", 1, "func"),
    "add_middleware": ("middleware", 0, "middleware_class"),
}
_DECORATORS: dict[str, Kind] = {
    "api_route": "route",
    "websocket": "websocket",
    "route": "starlette",
    "websocket_route": "starlette",
    "exception_handler": "exception_handler",
    "middleware": "middleware",
    "on_event": "event",
}
_APP_ARGUMENTS: dict[str, Kind] = {
    "lifespan": "lifespan",
    "on_startup": "event",
    "on_shutdown": "event",
    "exception_handlers": "exception_handler",
}
_NOT_INJECTED_BASES: dict[str, Kind] = {
    "starlette.middleware.base.BaseHTTPMiddleware": "middleware",
    "starlette.endpoints.HTTPEndpoint": "starlette",
    "starlette.endpoints.WebSocketEndpoint": "starlette",
    "fastapi.routing.APIRoute": "middleware",
    "starlette.routing.Route": "middleware",
}
INJECTED: frozenset[Kind] = frozenset({"route", "websocket", "dependency"})


class Role(NamedTuple):
    """The framework calls a function: `label` names it (`POST /users`), `where` registers it."""

    kind: Kind
    label: str
    where: NodeRef | None


class Roles:
    """Finds what the framework calls."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units
        self._evaluator = program.evaluator
        self._labels = Labels(program.evaluator)

    def of(self, ref: ScopeRef) -> tuple[Role, ...]:
        """Return the roles of a function, none for one that the framework doesn't call."""
        return self._all.get(ref, ())

    def kinds(self, ref: ScopeRef) -> frozenset[Kind]:
        return frozenset(role.kind for role in self.of(ref))

    def is_injected(self, ref: ScopeRef) -> bool:
        """Return whether FastAPI calls the function and fills its parameters."""
        return not INJECTED.isdisjoint(self.kinds(ref))

    @cached_property
    def injected(self) -> frozenset[ScopeRef]:
        """The functions that FastAPI calls and fills the parameters of."""
        return frozenset(ref for ref in self._all if self.is_injected(ref))

    @cached_property
    def classes(self) -> dict[ScopeRef, tuple[Role, ...]]:
        """The classes that are dependencies (`Depends(Service)`)."""
        _ = self._all
        return {ref: tuple(roles) for ref, roles in self._class_roles.items()}

    @cached_property
    def dependants(self) -> dict[ScopeRef, tuple[NodeRef, ...]]:
        """The calls of `Depends` that name each function."""
        found: dict[ScopeRef, list[NodeRef]] = {}
        for ref, roles in self._all.items():
            for role in roles:
                if role.kind == "dependency" and role.where is not None:
                    found.setdefault(ref, []).append(role.where)
        return {ref: tuple(dict.fromkeys(calls)) for ref, calls in found.items()}

    @cached_property
    def _all(self) -> dict[ScopeRef, tuple[Role, ...]]:
        self._class_roles: dict[ScopeRef, list[Role]] = {}
        found: dict[ScopeRef, dict[Role, None]] = {}
        for ref, role in (*self._decorated(), *self._registered(), *self._by_base()):
            found.setdefault(ref, {})[role] = None
        return {ref: tuple(roles) for ref, roles in found.items()}

    # Decorators

    def _decorated(self) -> Iterator[tuple[ScopeRef, Role]]:
        for ref, scope in self._program.scopes:
            for node in scope.decorators if scope.kind == "function" else ():
                role = self._decorator_role(NodeRef(ref.path, ref.unit, node))
                if role is not None:
                    yield ref, role

    def _decorator_role(self, ref: NodeRef) -> Role | None:
        call = self._units.node(ref)
        if not isinstance(call, facts.Call):
            return None
        sources = self._evaluator.sources(ref._replace(node=call.function))
        method = self._units.node(sources[0]) if len(sources) == 1 else None
        if not isinstance(method, facts.Attribute):
            return None
        kind: Kind | None = "route" if method.name in VERBS else _DECORATORS.get(method.name)
        base = sources[0]._replace(node=method.base)
        if kind is None or not self._is_app(base, ref, call, kind):
            return None
        if self._is_starlette_app(base) and kind in ("route", "websocket"):
            kind = "starlette"
        return Role(kind, self._labels.of(ref, call, method.name, base, kind), ref)

    def _is_app(self, base: NodeRef, ref: NodeRef, call: facts.Call, kind: Kind) -> bool:
        """Return whether an object is an app or router; one that isn't known must look like one."""
        things = self._program.value(base)
        names = known.ROUTERS | known.STARLETTE_APPS
        if any(self._evaluator.classes.is_instance(thing, names) for thing in things):
            return True
        if not all(self._may_be_app(thing) for thing in things):
            return False
        if kind in ("route", "websocket", "starlette"):
            return self._labels.path(ref, call) is not None
        return kind != "event" or self._program.uses_fastapi

    def _may_be_app(self, thing: Thing) -> bool:
        """Return whether a thing might be a router: an unknown one, an attribute of a library."""
        if isinstance(thing, External):
            return thing.name.partition(".")[0] not in known.OTHER_FRAMEWORKS
        return isinstance(thing, Unknown)

    def _is_starlette_app(self, base: NodeRef) -> bool:
        things = self._program.value(base)
        return any(
            self._evaluator.classes.is_instance(thing, known.STARLETTE_APPS)
            and not self._evaluator.classes.is_instance(thing, known.ROUTERS)
            for thing in things
        )

    def takes_dependencies(self, ref: NodeRef, call: facts.Call) -> bool:
        """Return whether `dependencies=` of a call is FastAPI's: of an app, a router or a route."""
        function = ref._replace(node=call.function)
        things = self._program.value(function)
        if any(self._evaluator.classes.is_subclass(thing, known.ROUTERS) for thing in things):
            return True
        method = self._units.node(function)
        names = VERBS | {"api_route", "add_api_route", "include_router", "websocket"}
        if not isinstance(method, facts.Attribute) or method.name not in names:
            return False
        return self._is_app(ref._replace(node=method.base), ref, call, "middleware")

    # Calls that register

    def _registered(self) -> Iterator[tuple[ScopeRef, Role]]:
        for ref, call in self._program.calls:
            function = self._units.node(ref._replace(node=call.function))
            if isinstance(function, facts.Attribute) and function.name in _REGISTRARS:
                yield from self._added(ref, call, function)
            elif isinstance(function, facts.Call) and call.arguments:
                yield from self._applied(ref, call)
            for thing in self._program.value(ref._replace(node=call.function)):
                yield from self._registered_by(ref, call, thing)

    def _added(
        self, ref: NodeRef, call: facts.Call, method: facts.Attribute
    ) -> Iterator[tuple[ScopeRef, Role]]:
        kind, position, keyword = _REGISTRARS[method.name]
        if not self._is_app(ref._replace(node=method.base), ref, call, kind):
            return
        label = self._labels.of(ref, call, method.name, ref._replace(node=method.base), kind)
        dispatch = [a.value for a in call.arguments if a.keyword == "dispatch"]
        for argument in (*self._argument(call, position, keyword), *dispatch):
            yield from self._functions(ref._replace(node=argument), Role(kind, label, ref))

    def _applied(self, ref: NodeRef, call: facts.Call) -> Iterator[tuple[ScopeRef, Role]]:
        """Yield what is decorated by hand: `app.get("/users")(read_users)`."""
        role = self._decorator_role(ref._replace(node=call.function))
        if role is not None:
            yield from self._functions(ref._replace(node=call.arguments[0].value), role)

    def _argument(self, call: facts.Call, position: int, keyword: str) -> list[int]:
        named = [a.value for a in call.arguments if a.keyword == keyword]
        if named:
            return named
        positional = [a.value for a in call.arguments if a.keyword is None and not a.star]
        return positional[position : position + 1]

    def _registered_by(
        self, ref: NodeRef, call: facts.Call, thing: Thing
    ) -> Iterator[tuple[ScopeRef, Role]]:
        if known.is_external(thing, known.DEPENDS):
            role = Role("dependency", "a dependency", ref)
            for argument in self._argument(call, 0, "dependency"):
                yield from self._functions(ref._replace(node=argument), role)
            if not call.arguments:
                yield from self._declared_dependency(ref, role)
        elif known.is_external(thing, known.STARLETTE_ROUTES):
            role = Role(
                "starlette", f"Starlette route {self._labels.path(ref, call) or ''}".strip(), ref
            )
            yield from self._endpoint(ref, call, role)
        elif isinstance(thing, External) and thing.name in known.ROUTE_CLASSES:
            kind = known.ROUTE_CLASSES[thing.name]
            verb = self._labels.methods(ref, call) if kind == "route" else "WEBSOCKET"
            role = Role(kind, f"{verb} {self._labels.path(ref, call) or '…'}", ref)
            yield from self._endpoint(ref, call, role)
        elif self._evaluator.classes.is_subclass(thing, known.APPS | known.STARLETTE_APPS):
            yield from self._app(ref, call)

    def _endpoint(
        self, ref: NodeRef, call: facts.Call, role: Role
    ) -> Iterator[tuple[ScopeRef, Role]]:
        for argument in self._argument(call, 1, "endpoint"):
            yield from self._functions(ref._replace(node=argument), role)

    def _declared_dependency(self, ref: NodeRef, role: Role) -> Iterator[tuple[ScopeRef, Role]]:
        """Yield what `x: Service = Depends()` or `Annotated[Service, Depends()]` calls."""
        for scope_ref, name in self._program.injections.get(ref, ()):
            for parameter in self._units.scope(scope_ref).parameters:
                if parameter.name == name and parameter.annotation is not None:
                    annotation = NodeRef(scope_ref.path, scope_ref.unit, parameter.annotation)
                    for thing in self._evaluator.type_of(annotation):
                        if isinstance(thing, Instance):
                            yield from ((f, role) for f in self._called(thing.cls, role))

    def _app(self, ref: NodeRef, call: facts.Call) -> Iterator[tuple[ScopeRef, Role]]:
        for argument in call.arguments:
            kind = _APP_ARGUMENTS.get(argument.keyword or "")
            if kind is None:
                continue
            role = Role(kind, kind.replace("_", " "), ref)
            for source in self._labels.made(ref._replace(node=argument.value)):
                node = self._units.node(source)
                items = node.items if isinstance(node, facts.Collection) else (source.node,)
                for item in items:
                    yield from self._functions(source._replace(node=item), role)

    def _functions(self, ref: NodeRef, role: Role) -> Iterator[tuple[ScopeRef, Role]]:
        for thing in self._program.value(ref):
            for function in self._called(thing, role):
                yield function, role

    def _called(self, thing: Thing, role: Role) -> Iterable[ScopeRef]:
        """Yield the function that runs when the framework calls `thing`."""
        match thing:
            case Function(ref=ref) | Method(function=ref):
                return [ref]
            case Partial(function=function):
                return self._called(function, role)
            case Class(ref=ref):
                self._class_roles.setdefault(ref, []).append(role)
                name = "__call__" if role.kind == "middleware" else "__init__"
                called = self._evaluator.attribute(Instance(thing, exact=True), name)
                return [m.function for m in called if isinstance(m, Method)]
            case Instance(cls=Class()):
                called = self._evaluator.attribute(thing, "__call__")
                return [m.function for m in called if isinstance(m, Method)]
        return []

    # Classes whose methods the framework calls

    def _by_base(self) -> Iterator[tuple[ScopeRef, Role]]:
        for ref, scope in self._program.scopes:
            cls = self._evaluator.classes.class_of(ref) if scope.kind == "function" else None
            for base in self._evaluator.classes.order(cls) if cls is not None else ():
                kind = _NOT_INJECTED_BASES.get(getattr(base, "name", ""))
                if kind is not None:
                    yield ref, Role(kind, f"{base.name}", None)  # type: ignore[union-attr]
