"""What responses carry as their background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import External, Instance, NodeRef, ScopeRef, Things
from flake8_bgtasks.tracking.units import operands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.program import Program

_FIRST_POSITION = 3
"""Where a redirect takes its background; other responses take it one further on."""


@dataclass(frozen=True)
class Given:
    """`response` is given `value`, by `background=` or `.background =`, at `span`."""

    response: NodeRef
    value: NodeRef
    span: Span


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
            if called and all(self._program.is_response_class(thing) for thing in called):
                argument = _background(call, called)
                if argument is not None:
                    yield Given(ref, ref._replace(node=argument.value), argument.span)

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
        for source in self._made(response):
            for value in self._by_response.get(source, ()):
                for made in self._made(value):
                    if made in self._births and not self._merges(made):
                        return made
        return None

    @cached_property
    def _births(self) -> frozenset[NodeRef]:
        return self._program.instances.births | set(self._program.instances.single)

    def _made(self, ref: NodeRef) -> Iterator[NodeRef]:
        """Yield where a value may come from, also in the functions that return it."""
        pending, seen = [ref], {ref}
        while pending:
            for source in self.options(pending.pop()):
                yield source
                for inner in self._returned(source):
                    if inner not in seen:
                        seen.add(inner)
                        pending.append(inner)

    @cached_property
    def _by_response(self) -> dict[NodeRef, list[NodeRef]]:
        found: dict[NodeRef, list[NodeRef]] = {}
        for given in self.given:
            found.setdefault(given.response, []).append(given.value)
        return found

    def _merges(self, birth: NodeRef) -> bool:
        """Return whether a task object is made of others: `BackgroundTasks([*tasks.tasks, x])`."""
        pending = list(operands(self._units.node(birth)))[1:]
        while pending:
            ref = birth._replace(node=pending.pop())
            node = self._units.node(ref)
            if isinstance(node, facts.Attribute) and node.name in ("tasks", "background"):
                return True
            if self._program.is_tasks(self._program.value(ref)):
                return True
            pending += operands(node)
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

    def _returned(self, ref: NodeRef) -> Iterator[NodeRef]:
        """Yield what the project function that is called at a node returns."""
        sites, complete = self._program.binder.sites(ref)
        for site in sites if complete else ():
            scope = self._units.scope(site.function)
            if site.how in ("call", "forward") and scope.kind == "function":
                yield from self.returns(site.function)

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
