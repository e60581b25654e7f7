"""Whether a function uses what it is given, or what that holds inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.lifetimes.held import ITEM, Given, Names
from flake8_bgtasks.lifetimes.resources import USABLE
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import Class, Function, Instance, Method, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flake8_bgtasks.lifetimes.origins import Origins
    from flake8_bgtasks.lifetimes.values import Values
    from flake8_bgtasks.tracking.binding import GivenArgument, Site

Place = tuple[NodeRef, Names]


class Wanted(NamedTuple):
    """What counts as a use: reading one of the attributes `names` (None: any but `usable`).

    Attributes in `through` are the thing itself, seen from another side. `anywhere`: it counts as
    well to call it, iterate over it, enter it, or hand it to code that isn't known.
    """

    names: frozenset[str] | None = None
    usable: frozenset[str] = USABLE
    through: frozenset[str] = frozenset()
    anywhere: bool = True

    def counts(self, name: str) -> bool:
        return name not in self.usable if self.names is None else name in self.names


ANY_USE = Wanted()


class Uses:
    """Answers whether `value.path` is used, not counting what the nodes `apart_from` do with it.

    Only what is seen counts: an object that unknown code gets is not taken to be used inside.
    """

    def __init__(
        self,
        values: Values,
        origins: Origins,
        wanted: Wanted = ANY_USE,
        apart_from: Collection[NodeRef] = (),
    ) -> None:
        self._values = values
        self._origins = origins
        self._wanted = wanted
        self._apart_from = apart_from
        self._kept: dict[tuple[ScopeRef, str, Names], bool] = {}

    def by_parameter(self, scope: ScopeRef, name: str, path: Names) -> bool:
        """Return whether a function uses what is inside of what is passed to a parameter."""
        key = (scope, name, path)
        if key not in self._kept:
            self._kept[key] = False  # of functions that call each other, another one has to use it
            node = self._values.parameter(scope, name)
            self._kept[key] = node is not None and self.of(node, path)
        return self._kept[key]

    def of(self, ref: NodeRef, path: Names) -> bool:
        """Return whether `value.path` is used, given the node that is the value."""
        pending: list[Place] = [(ref, path)]
        seen = set(pending)
        while pending:
            current = pending.pop()
            for following in self._following(*current):
                if following is None:
                    return True
                if following not in seen:
                    seen.add(following)
                    pending.append(following)
        return False

    def _following(self, ref: NodeRef, path: Names) -> Iterator[Place | None]:
        """Yield the values that hold the same; None where it is used."""
        for user in self._values.units.using(ref):
            if not self._is_apart(user):
                yield from self._used(ref, user, path)
        for read in self._values.closure_reads(ref):
            if not self._is_apart(read):
                yield read, path

    def _is_apart(self, ref: NodeRef) -> bool:
        """Return whether a node is apart, or made for such nodes only."""
        if ref in self._apart_from or not self._apart_from:
            return bool(self._apart_from)
        users = self._values.units.users(ref)
        around = users.nodes.get(ref.node, ())
        return (
            bool(around)
            and ref.node not in users.events
            and all(number > ref.node for number in around)
            and all(self._is_apart(ref._replace(node=number)) for number in around)
        )

    def _used(self, ref: NodeRef, user: NodeRef, path: Names) -> Iterator[Place | None]:
        node = self._values.node(user)
        match node:
            case (
                facts.Choice() | facts.Declared() | facts.Awaited() | facts.Narrowed(is_none=False)
            ):
                yield user, path
            case facts.Attribute(name=name):
                yield from self._attribute(ref, user, name, path)
            case facts.Call(function=function) if function == ref.node:
                yield from self._called(ref, path)
            case facts.Call():
                yield from self._passed(ref, user, path)
            case facts.Element() | facts.Subscript() | facts.Starred() if path[:1] == (ITEM,):
                yield user, path[1:]
            case facts.Entered() | facts.Element() | facts.Subscript() | facts.Starred():
                if not path and self._wanted.anywhere:
                    yield None

    def _attribute(
        self, base: NodeRef, user: NodeRef, name: str, path: Names
    ) -> Iterator[Place | None]:
        if not path:
            if name in self._wanted.through:
                yield user, path
            elif self._wanted.counts(name):
                yield None
            return
        if name == path[0]:
            yield user, path[1:]
            return
        getter = self._values.getter(base, name)
        if getter is not None:
            first = self._values.first_parameter(getter) or ""
            for held in self._origins.returned(getter):
                if held.root == Given(getter, first) and path[: len(held.access)] == held.access:
                    yield user, (*held.path, *path[len(held.access) :])
            return
        for thing in self._values.of(user):
            if isinstance(thing, Method) and self._uses_self(thing.function, path):
                yield None

    def _uses_self(self, function: ScopeRef, path: Names) -> bool:
        first = self._values.first_parameter(function)
        return first is not None and self.by_parameter(function, first, path)

    def _called(self, ref: NodeRef, path: Names) -> Iterator[None]:
        if not path:
            if self._wanted.anywhere:
                yield None
            return
        for thing in self._values.of(ref):
            if isinstance(thing, Instance) and isinstance(thing.cls, Class):
                function = self._values.method(thing.cls.ref, "__call__")
                if function is not None and self._uses_self(function, path):
                    yield None

    # Calls that get it

    def _passed(self, ref: NodeRef, call: NodeRef, path: Names) -> Iterator[Place | None]:
        called = self._values.functions(call)
        if called and all(known.is_external(thing, known.HARMLESS) for thing in called):
            if self._is_named_argument(ref, call) and not path and self._wanted.anywhere:
                yield None  # print(…, file=log)
            return
        sites, complete = self._values.binder.sites(call)
        if not complete and not path and self._wanted.anywhere:
            yield None
        for site in sites:
            for argument in site.arguments:
                if argument.value == ref:
                    yield from self._into(site, argument, path)
        for thing in called:
            yield from self._kept_by(thing, call, ref, path)

    def _is_named_argument(self, ref: NodeRef, call: NodeRef) -> bool:
        node = self._values.node(call)
        arguments = node.arguments if isinstance(node, facts.Call) else ()
        return any(a.value == ref.node and a.keyword for a in arguments)

    def _into(self, site: Site, argument: GivenArgument, path: Names) -> Iterator[Place | None]:
        parameter = self._values.binder.parameter_of(site, argument)
        if parameter is None or parameter.kind.startswith("var_"):
            if not path and self._wanted.anywhere:
                yield None
            return
        if self._values.units.scope(site.function).kind != "class" and self.by_parameter(
            site.function, parameter.name, path
        ):
            yield None
        elif site.how in ("call", "forward"):
            given = Given(site.function, parameter.name)
            for held in self._origins.returned(site.function):
                if held.root == given and path[: len(held.access)] == held.access:
                    yield site.call, (*held.path, *path[len(held.access) :])

    def _kept_by(self, thing: object, call: NodeRef, ref: NodeRef, path: Names) -> Iterator[Place]:
        """Go on with the object of the project that keeps it."""
        if not isinstance(thing, Class):
            return
        init, templates = self._origins.stored(thing.ref)
        for site in self._values.sites(call, init) if init is not None else ():
            for argument in site.arguments:
                parameter = self._values.binder.parameter_of(site, argument)
                if argument.value == ref and parameter is not None:
                    given = Given(site.function, parameter.name)
                    for held in templates:
                        if held.root == given and path[: len(held.access)] == held.access:
                            yield call, (*held.path, *path[len(held.access) :])


def is_inner(values: Values, scope: ScopeRef) -> bool:
    """Return whether a function or lambda is made inside of another function."""
    kinds = (values.units.scope(above).kind for above in values.units.above(scope))
    return any(kind in ("function", "lambda") for kind in kinds)


def inner_functions(values: Values, things: Iterable[object]) -> Iterator[ScopeRef]:
    """Yield those functions among some things that may capture variables."""
    for thing in things:
        if isinstance(thing, Function) and is_inner(values, thing.ref):
            yield thing.ref
