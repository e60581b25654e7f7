"""What responses carry as their background."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.facts import operands
from flake8_bgtasks.tracking.switches import may_be_left_out
from flake8_bgtasks.tracking.things import External, Instance, NodeRef, ScopeRef, Things

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing

    Way = tuple[Site, ...]

_FIRST_POSITION = 3
"""Where a redirect takes its background; other responses take it one further on."""


class Given(NamedTuple):
    """`response` is given `value`, by `background=` or `.background =`, at `span`."""

    response: NodeRef
    value: NodeRef
    span: Span


class _Source(NamedTuple):
    """Where a value comes from, the calls on the way there, and whether nothing lies before it.

    `is_left_out`: one of these calls passes a literal for which it may not come there.
    """

    ref: NodeRef
    way: tuple[Site, ...] = ()
    is_first: bool = False
    is_left_out: bool = False


class Backgrounds:
    """Finds what is attached to responses."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """Every value that a response is given, in the order of files and source."""
        return (*self._passed(), *self._stored())

    def _passed(self) -> Iterator[Given]:
        for ref, call in self._program.calls:
            if not _may_give(call):  # most calls: to know what they call takes long
                continue
            called = self._program.value(ref._replace(node=call.function))
            if called and all(self._makes_response(thing) for thing in called):
                argument = _background(call, called)
                if argument is not None:
                    yield Given(ref, ref._replace(node=argument.value), argument.span)

    def _makes_response(self, thing: Thing) -> bool:
        is_class = self._program.is_response_class(thing)
        return is_class or known.is_external(thing, known.TEMPLATE_RESPONSES)

    def _stored(self) -> Iterator[Given]:
        for scope_ref, scope in self._program.scopes:
            for event in scope.events:
                if isinstance(event, facts.StoredAttribute) and event.name == "background":
                    base = NodeRef(scope_ref.path, scope_ref.unit, event.base)
                    if self.is_response(self._program.value(base)):
                        yield Given(base, base._replace(node=event.value), event.span)

    def is_response(self, things: Things) -> bool:
        """Return whether something is a response object."""
        return bool(things) and all(
            isinstance(t, Instance) and self._program.is_response_class(t.cls) for t in things
        )

    # Tasks of their own

    def own_of(self, response: NodeRef) -> NodeRef | None:
        """Return the task object that a response surely got from the project's own code."""
        for source in self._sources(response):
            if source.is_left_out:
                continue
            for value in self._by_response.get(source.ref, ()):
                own = self._own(_Source(value, source.way))
                if own is not None:
                    return own
        return None

    def _own(self, value: _Source) -> NodeRef | None:
        """Return the task object of the project's own that a value surely is, if it is not None."""
        found = None
        for source in self._sources(value.ref, value.way):
            if source.is_left_out:
                return None
            if source.ref in self._births and not self._merges(source.ref):
                found = found or source.ref
            elif source.is_first and self._units.node(source.ref) != facts.Constant("none"):
                return None
        return found

    @cached_property
    def _births(self) -> frozenset[NodeRef]:
        return self._program.instances.births | set(self._program.instances.single)

    def _sources(self, ref: NodeRef, way: Way = ()) -> Iterator[_Source]:
        """Yield where a value comes from, through functions that return it or are handed it."""
        pending = [_Source(ref, way)]
        seen: set[tuple[NodeRef, Way]] = set()
        while pending:
            current = pending.pop()
            for option in self.options(current.ref):
                left_out = current.is_left_out or self._is_left_out(option, current.way)
                source = _Source(option, current.way, is_left_out=left_out)
                before = () if option in self._births else tuple(self._before(source))
                yield source if before else source._replace(is_first=True)
                for other in before:
                    key = (other.ref, other.way[-1:])
                    if key not in seen:
                        seen.add(key)
                        pending.append(other._replace(is_left_out=left_out))

    def _is_left_out(self, ref: NodeRef, way: Way) -> bool:
        """Return whether the last call on the way may be one that never comes to a value."""
        if not way or self._units.owner(ref) != way[-1].function:
            return False
        return may_be_left_out(self._program.binder, self._units, ref, way[-1])

    def _before(self, source: _Source) -> Iterator[_Source]:
        """Yield what the functions called at a source return, or what a parameter is handed."""
        node = self._units.node(source.ref)
        if isinstance(node, facts.Parameter):
            yield from self._handed(source, node.name)
            return
        sites, complete = self._program.binder.sites(source.ref)
        for site in sites if complete else ():
            scope = self._units.scope(site.function)
            if site.how in ("call", "forward") and scope.kind == "function":
                for value in self.returns(site.function):
                    yield _Source(value, (*source.way, site))

    def _handed(self, parameter: _Source, name: str) -> Iterator[_Source]:
        """Yield what the last call on the way hands to a parameter, or else its default."""
        ref, way = parameter.ref, parameter.way
        if not way or self._units.owner(ref) != way[-1].function:
            return
        argument = self._program.binder.argument_for(way[-1], name)
        if argument is not None:
            yield _Source(argument.value, way[:-1])
        elif way[-1].is_exact:
            for declared in self._units.scope(way[-1].function).parameters:
                if declared.name == name and declared.default is not None:
                    yield _Source(ref._replace(node=declared.default), way)

    @cached_property
    def _by_response(self) -> dict[NodeRef, list[NodeRef]]:
        found: dict[NodeRef, list[NodeRef]] = {}
        for given in self.given:
            found.setdefault(given.response, []).append(given.value)
        return found

    def _merges(self, birth: NodeRef) -> bool:
        """Return whether a task object is made of others: `BackgroundTasks([*tasks.tasks, x])`."""
        given = operands(self._units.node(birth))[1:]
        for ref, node in self._units.made_of(*(birth._replace(node=n) for n in given)):
            if isinstance(node, facts.Attribute) and node.name in ("tasks", "background"):
                return True
            if self._program.is_tasks(self._program.value(ref)):
                return True
        return self._program.fates.of(birth).opened

    def options(self, ref: NodeRef) -> tuple[NodeRef, ...]:
        """Return the nodes that a value may come from, through names, branches and `await`."""
        found: list[NodeRef] = []
        pending, seen = [ref], {ref}
        while pending:
            current = pending.pop()
            node = self._units.node(current)
            match node:
                case facts.Choice(options=options):
                    following = [current._replace(node=option) for option in options]
                case facts.Narrowed(base=b) | facts.Declared(base=b) | facts.Awaited(base=b):
                    following = [current._replace(node=b)]
                case facts.Free(name=name):
                    following = list(self._program.evaluator.bindings_of(current, name))
                case _:
                    following = []
            if not following:
                found.append(current)
            pending += [other for other in following if other not in seen]
            seen.update(following)
        return tuple(found)

    def returns(self, scope: ScopeRef) -> Iterator[NodeRef]:
        """Yield the values that a function returns."""
        for event in self._units.scope(scope).events:
            if isinstance(event, facts.Returned):
                yield NodeRef(scope.path, scope.unit, event.value)


def _may_give(call: facts.Call) -> bool:
    """Return whether an argument has the name or the position of a background."""
    named = any(argument.keyword == "background" for argument in call.arguments)
    return named or len(call.arguments) > _FIRST_POSITION


def _background(call: facts.Call, called: Things) -> facts.Argument | None:
    named = [argument for argument in call.arguments if argument.keyword == "background"]
    if named:
        return named[0]
    redirect = any(isinstance(t, External) and t.name.endswith(".RedirectResponse") for t in called)
    position = _FIRST_POSITION if redirect else _FIRST_POSITION + 1
    before = call.arguments[: position + 1]
    plain = len(before) > position and not any(a.star or a.keyword for a in before)
    return before[position] if plain and all(_is_plain(thing) for thing in called) else None


def _is_plain(thing: object) -> bool:
    """Return whether a response class takes what Starlette's take, by position too."""
    return isinstance(thing, External) and known.is_response_class(thing.name)
