"""Which resource a value holds, and who closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.lifetimes.held import Given, Held, Made, Names, Opened
from flake8_bgtasks.lifetimes.managers import Managers
from flake8_bgtasks.lifetimes.origins import Origins
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import (
    Class,
    Function,
    Instance,
    Method,
    NodeRef,
    Partial,
    ScopeRef,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.lifetimes.values import Injection, Values
    from flake8_bgtasks.tracking.things import Thing
    from flake8_bgtasks.tracking.unit import Scope

_OUTSIDE = frozenset({"lifespan", "event", "middleware"})


class Source(NamedTuple):
    """A resource.

    `kind`: `"with"` where the block `where` closes it; `"finally"` where the function that makes it
    by the call `where` does; `"yield"` where the dependency `provider` does, which `where` injects
    (`scope` is what `Depends(scope=…)` says); `"upload"` and `"request"` for the parameter `where`
    of the function `provider` that FastAPI passes one to. `name` is how the code calls it.
    """

    kind: Literal["with", "finally", "yield", "upload", "request"]
    where: NodeRef
    name: str
    provider: ScopeRef | None = None
    scope: str | None = None


class Resource(NamedTuple):
    """Something that a value holds: `value.path` is `source.access`."""

    source: Source
    access: Names
    path: Names

    @property
    def held(self) -> Held:
        return Held(Opened(self.source.where), self.access, self.path)


class Sources:
    """Answers which resources values hold, over calls and dependencies."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._units = values.units
        self._program = values.program
        self.origins = Origins(values)
        self.managers = Managers(values, self.origins)
        self._kept: dict[Given, frozenset[Resource]] = {}
        self._open: set[Given] = set()
        self._ends: dict[ScopeRef, frozenset[Held]] = {}

    def of(self, ref: NodeRef) -> frozenset[Resource]:
        """Return the resources that a value holds."""
        return frozenset(self._of(self.origins.of(ref)))

    def _of(self, holdings: Iterable[Held]) -> Iterator[Resource]:
        for held in holdings:
            if isinstance(held.root, Opened):
                source = self._opened(held.root)
                if source is not None:
                    yield Resource(source, held.access, held.path)
            elif isinstance(held.root, Given):
                yield from _through(held, self._given(held.root))
            else:
                yield from self._finished(held)

    def _opened(self, opened: Opened) -> Source | None:
        """Return the resource of a `with` block that ends before the tasks run."""
        owner = self._units.owner(opened.entered)
        scope = self._units.scope(owner)
        kinds = self._program.roles.kinds(owner)
        if scope.kind != "function" or kinds & _OUTSIDE:
            return None
        name = self._name_in(scope, opened.entered.node)
        if not scope.is_generator:
            return Source("with", opened.entered, name)
        if "dependency" in kinds:
            return Source("yield", opened.entered, name, owner)
        return None

    def _finished(self, held: Held) -> Iterator[Resource]:
        """Yield what the function that made it closes before it returns."""
        assert isinstance(held.root, Made)
        owner = self._units.owner(held.root.call)
        scope = self._units.scope(owner)
        outside = self._program.roles.kinds(owner) & _OUTSIDE
        if scope.kind != "function" or scope.is_generator or outside:
            return
        if Held(held.root) in self._closed_at_end(owner):
            name = self._name_in(scope, held.root.call.node)
            source = Source("finally", held.root.call, name)
            yield Resource(source, held.access, held.path)

    def _closed_at_end(self, owner: ScopeRef) -> frozenset[Held]:
        if owner not in self._ends:
            self._ends[owner] = frozenset(self.managers.closed_at_end(owner))
        return self._ends[owner]

    def _name_in(self, scope: Scope, node: int) -> str:
        return next((name for name, nodes in scope.bindings.items() if node in nodes), "")

    # Parameters

    def _given(self, given: Given) -> frozenset[Resource]:
        if given in self._kept:
            return self._kept[given]
        if given in self._open:
            return frozenset()
        self._open.add(given)
        found = frozenset(self._find(given))
        self._open.discard(given)
        if not self._open:
            self._kept[given] = found
        return found

    def _find(self, given: Given) -> Iterator[Resource]:
        scope = given.scope
        if self._values.is_receiver(scope, given.name):
            cls = self._units.parent(scope)
            assert cls is not None
            yield from self._object(cls)
            return
        declared = self._declared(scope, given.name)
        injection = self._values.injection(scope, declared) if declared else None
        if injection is not None:
            yield from self._injected(injection, given.name)
            return
        if declared is not None and self._program.roles.is_injected(scope):
            yield from self._passed_by_framework(given, declared)
            return
        for site in self._program.sites_of.get(scope, ()):
            if site.how != "task" and not self._program.is_test(site.call.path):
                argument = self._values.binder.argument_for(site, given.name)
                if argument is not None:
                    yield from self.of(argument.value)

    def _passed_by_framework(
        self, given: Given, declared: facts.SignatureParameter
    ) -> Iterator[Resource]:
        """Yield the upload, the uploads or the request that FastAPI passes."""
        where = self._values.parameter(given.scope, given.name)
        if declared.annotation is None or where is None:
            return
        annotation = NodeRef(given.scope.path, given.scope.unit, declared.annotation)
        for kind, path in self._values.passed(annotation):
            yield Resource(Source(kind, where, given.name, given.scope), (), path)

    def _declared(self, scope: ScopeRef, name: str) -> facts.SignatureParameter | None:
        signature = self._values.evaluator.classes.signature(scope)
        return next((p for p in signature if p.name == name), None)

    def _object(self, cls: ScopeRef) -> Iterator[Resource]:
        """Yield what objects of a class hold, wherever they are made."""
        yield from self._made_by_framework(cls)
        init, _ = self.origins.stored(cls)
        for site in self._program.sites_of.get(init, ()) if init is not None else ():
            made = self._values.of(site.call)
            whole = Instance(Class(cls), exact=True) in made or self._is_subclass(cls, made)
            if whole and not self._program.is_test(site.call.path):
                yield from self.of(site.call)

    def _is_subclass(self, cls: ScopeRef, made: Iterable[Thing]) -> bool:
        order = self._values.evaluator.classes.order
        objects = (t.cls for t in made if isinstance(t, Instance) and isinstance(t.cls, Class))
        return any(Class(cls) in order(made_cls.ref) for made_cls in objects)

    def _made_by_framework(self, cls: ScopeRef) -> Iterator[Resource]:
        """Yield what FastAPI fills in: arguments of the constructor, and attributes of a view."""
        init, templates = self.origins.stored(cls)
        for template in templates:
            given = template.root
            if isinstance(given, Given) and given.scope == init and self._is_filled(given):
                yield from _through(template, self._given(given))
        for field in self._units.scope(cls).fields:
            injection = self._values.injection(cls, field)
            for found in self._injected(injection, field.name) if injection else ():
                yield Resource(found.source, found.access, (field.name, *found.path))

    def _is_filled(self, given: Given) -> bool:
        """Return whether FastAPI passes what a parameter gets."""
        declared = self._declared(given.scope, given.name)
        if declared is None:
            return False
        injected = self._program.roles.is_injected(given.scope)
        return injected or self._values.injection(given.scope, declared) is not None

    # Dependencies

    def _injected(self, injection: Injection, name: str) -> Iterator[Resource]:
        for thing in injection.providers:
            yield from self._provided(thing, injection, name)

    def _provided(self, thing: Thing, injection: Injection, name: str) -> Iterator[Resource]:
        match thing:
            case Function(ref=function) | Method(function=function):
                yield from self._returned_or_yielded(function, injection, name)
            case Partial(function=inner):
                yield from self._provided(inner, injection, name)
            case Class(ref=cls):
                yield from self._made_by_framework(cls)
            case Instance(cls=Class(ref=cls)):
                called = self._values.method(cls, "__call__")
                if called is not None:
                    yield from self._returned_or_yielded(called, injection, name)

    def _returned_or_yielded(
        self, function: ScopeRef, injection: Injection, name: str
    ) -> Iterator[Resource]:
        scope = self._units.scope(function)
        if self._values.is_manager(function):
            return
        if not scope.is_generator:
            returned = self.origins.returned(function)
            yield from self._of(held for held in returned if isinstance(held.root, Given))
            return
        source = Source("yield", injection.call, name, function, injection.scope)
        own = frozenset(self._closed(function))
        for held in own:
            yield Resource(source, held.access, held.path)
        yield from self._of(
            h for h in self._yielded(function) if isinstance(h.root, Given) and h not in own
        )

    def _closed(self, function: ScopeRef) -> Iterator[Held]:
        """Yield what a dependency yields and closes when it goes on."""
        yield from self.managers.closed_after_yield(function)

    def _yielded(self, function: ScopeRef) -> Iterator[Held]:
        for event in self._units.scope(function).events:
            if isinstance(event, facts.Yielded):
                yield from self.origins.of(NodeRef(function.path, function.unit, event.value))


def _through(held: Held, found: Iterable[Resource]) -> Iterator[Resource]:
    """Yield what `held` holds where its root holds some resources."""
    for resource in found:
        inner = resource.held.member(held.access)
        outer = inner.within(*held.path) if inner else None
        if outer is not None:
            yield Resource(resource.source, outer.access, outer.path)
