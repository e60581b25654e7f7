"""The requests whose body background tasks read."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.lifetimes.early import EarlyReaders
from flake8_bgtasks.lifetimes.search import Search
from flake8_bgtasks.lifetimes.uses import Uses, Wanted
from flake8_bgtasks.lifetimes.values import REQUESTS
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import (
    EMPTY,
    NONE,
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    ScopeRef,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.search import Gotten
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing, Things

BODY = Wanted(names=frozenset({"body", "json", "form", "stream"}), anywhere=False)
READ_OR_HANDED_ON = Wanted(names=BODY.names)

_DEPENDENCIES = re.compile(rb"dependencies")

_PLAIN = frozenset(
    {
        *(f"builtins.{name}" for name in ("str", "int", "float", "bool", "bytes")),
        *("uuid.UUID", "decimal.Decimal", "pathlib.Path"),
        *(f"datetime.{name}" for name in ("datetime", "date", "time", "timedelta")),
        *("fastapi.Response", "fastapi.responses.Response", "starlette.responses.Response"),
    }
)


class UnreadBody(NamedTuple):
    """The call `add` adds a task that reads the body of the request in `parameter`."""

    add: NodeRef
    task: str
    name: str
    parameter: NodeRef


def unread_bodies(program: Program) -> tuple[UnreadBody, ...]:
    """Return each request whose body only a task reads."""
    return tuple(dict.fromkeys(_Bodies(program).found()))


class _Bodies:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._search = program.once(Search)
        self._values = self._search.values
        self._early = EarlyReaders(self._values)

    def found(self) -> Iterator[UnreadBody]:
        for gotten in self._search.gotten:
            source = gotten.resource.source
            if source.kind == "request" and self._is_first_to_read(gotten):
                task = self._search.name_of(gotten.added)
                yield UnreadBody(gotten.added.call, task, source.name, source.where)

    def _is_first_to_read(self, gotten: Gotten) -> bool:
        whole = not gotten.resource.access
        return whole and self._search.is_used(gotten, BODY) and not self._is_read(gotten)

    def _is_read(self, gotten: Gotten) -> bool:
        """Return whether anything may have read the body before the task."""
        scope = gotten.resource.source.provider
        if scope is None or self._early.may_read(scope):
            return True
        pending, seen = [scope, *self._program.requests.dependencies(scope)], set()
        listed = self._listed(scope)
        if listed is None:
            return True
        pending += listed
        while pending:
            function = pending.pop()
            if function not in seen:
                seen.add(function)
                providers = self._providers(function)
                if providers is None or self._reads(function):
                    return True
                pending += providers
        return False

    def _listed(self, scope: ScopeRef) -> list[ScopeRef] | None:
        """Return what `dependencies=[…]` of routers, apps and this route name; None if unknown."""
        found: list[ScopeRef] = []
        for call, decorated in self._calls_with_dependencies:
            things = self._values.listed_dependencies(call) if decorated in (None, scope) else []
            for thing in things:
                called = self._called(thing)
                if called is None:
                    return None
                found.append(called)
        return found

    @cached_property
    def _calls_with_dependencies(self) -> list[tuple[NodeRef, ScopeRef | None]]:
        """The calls with `dependencies=` in the project, and the functions that they decorate."""
        found: list[tuple[NodeRef, ScopeRef | None]] = []
        for path in sorted(self._program.all_paths):
            if self._program.files.has(path, _DEPENDENCIES):
                outline = self._program.files.surface(path)
                for statement in outline.statements if outline else ():
                    if "dependencies" in outline.source_of(statement):  # type: ignore[union-attr]
                        found += self._calls_in(path, statement.index)
        return found

    def _calls_in(self, path: str, index: int) -> Iterator[tuple[NodeRef, ScopeRef | None]]:
        nodes = list(self._program.units.naming(path, index, "dependencies"))
        decorated = {
            node: ScopeRef(path, index, number)
            for number, scope in self._program.units.outlined(path, index).scopes.items()
            for node in scope.decorators
        }
        for ref, node in nodes:
            keywords = {a.keyword for a in node.arguments} if isinstance(node, facts.Call) else ()
            if "dependencies" in keywords:
                yield ref, decorated.get(ref.node)

    def _parameters(self, function: ScopeRef) -> tuple[facts.SignatureParameter, ...]:
        parameters = self._program.units.scope(function).parameters
        bound = self._values.evaluator.classes.receiver(function) is not None
        return parameters[1:] if bound else parameters

    def _providers(self, function: ScopeRef) -> list[ScopeRef] | None:
        """Return the dependencies that a signature names; None where one is not known."""
        found: list[ScopeRef] = []
        for parameter in self._parameters(function):
            injection = self._values.injection(function, parameter)
            for thing in injection.providers if injection else ():
                called = self._called(thing)
                if called is None:
                    return None
                found.append(called)
        return found

    def _called(self, thing: Thing) -> ScopeRef | None:
        match thing:
            case Function(ref=ref) | Method(function=ref):
                return ref
            case Class(ref=ref):
                return self._values.method(ref, "__init__")
            case Instance(cls=Class(ref=ref)):
                return self._values.method(ref, "__call__")
        return None

    def _reads(self, function: ScopeRef) -> bool:
        """Return whether FastAPI reads the body for a function, or that does itself."""
        for parameter in self._parameters(function):
            types = self._types(function, parameter)
            if any(known.is_external(cls, REQUESTS) for cls in types):
                node = self._values.parameter(function, parameter.name)
                if node is None or self._uses_apart.of(node, ()):
                    return True
            elif self._is_from_body(function, parameter, types):
                return True
        return False

    @cached_property
    def _uses_apart(self) -> Uses:
        """What is done with requests, apart from adding tasks."""
        apart = {added.call for added in self._program.added.calls}
        apart |= {
            gotten.handover.value
            for gotten in self._search.gotten
            if gotten.handover.function is None and gotten.handover.is_known
        }
        origins = self._search.sources.origins
        return Uses(self._values, origins, READ_OR_HANDED_ON, frozenset(apart))

    def _is_from_body(
        self, function: ScopeRef, parameter: facts.SignatureParameter, types: Things
    ) -> bool:
        """Return whether FastAPI may take a parameter from the body."""
        if self._values.injection(function, parameter) is not None:
            return False
        markers = set(self._markers(function, parameter))
        if markers & {"Body", "Form", "File"}:
            return True
        if markers & {"Query", "Path", "Header", "Cookie"}:
            return False
        return not all(
            known.is_external(cls, _PLAIN) or self._program.is_tasks_class(cls) for cls in types
        )

    def _markers(self, function: ScopeRef, parameter: facts.SignatureParameter) -> Iterator[str]:
        """Yield the names of the classes of what stands beside the type of a parameter."""
        for ref in self._values.markers(function, parameter):
            for thing in self._values.of(ref):
                if isinstance(thing, Instance) and isinstance(thing.cls, External):
                    yield thing.cls.name.rpartition(".")[2]

    def _types(self, function: ScopeRef, parameter: facts.SignatureParameter) -> Things:
        """Return the classes of a parameter; none for one without annotation (a query)."""
        if parameter.annotation is None:
            return EMPTY
        annotation = NodeRef(function.path, function.unit, parameter.annotation)
        types = self._values.evaluator.type_of(annotation) - NONE
        return frozenset(thing.cls if isinstance(thing, Instance) else thing for thing in types)
