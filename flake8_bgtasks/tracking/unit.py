"""The facts of one top-level statement, as far as they have been asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.tracking.facts import StoredAttribute, operands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.project.bodies import FunctionBody
    from flake8_bgtasks.tracking.facts import (
        Argument,
        Body,
        Event,
        Field,
        Node,
        NodeId,
        ScopeId,
        SignatureParameter,
    )
    from flake8_bgtasks.tracking.steps import Block


@dataclass(frozen=True)
class Scope:
    """A module's top level (scope 0 of every unit), a class, a function or a lambda.

    What its code does is known to the unit, which tracks it when it is first asked for: only if it
    `may_yield` to tell a generator, only if it `may_be_stub` to tell a stub.
    """

    kind: Literal["module", "class", "function", "lambda"]
    name: str
    qualname: str
    parent: ScopeId | None
    span: Span
    is_async: bool = False
    decorators: tuple[NodeId, ...] = ()
    parameters: tuple[SignatureParameter, ...] = ()
    returns: NodeId | None = None
    bases: tuple[Argument, ...] = ()
    fields: tuple[Field, ...] = ()
    may_yield: bool = True
    may_be_stub: bool = True
    read: Callable[[], Body] = field(kw_only=True)

    @cached_property
    def body(self) -> Body:
        return self.read()

    @property
    def is_generator(self) -> bool:
        return self.may_yield and self.body.is_generator

    @property
    def is_stub(self) -> bool:
        return self.may_be_stub and self.body.is_stub

    @property
    def events(self) -> tuple[Event, ...]:
        return self.body.events

    @property
    def bindings(self) -> Mapping[str, tuple[NodeId, ...]]:
        return self.body.bindings

    @property
    def steps(self) -> Block:
        return self.body.steps

    @property
    def yields(self) -> tuple[NodeId, ...]:
        return self.body.yields

    @property
    def suspends(self) -> bool:
        return self.body.suspends


@dataclass(frozen=True)
class Users:
    """Who uses a node: other nodes, and events with the scopes that they happen in.

    `defaults`: the parameters that it is the default of; `stores`: what its attributes are set to.
    """

    nodes: dict[NodeId, list[NodeId]] = field(default_factory=dict)
    events: dict[NodeId, list[tuple[ScopeId, Event]]] = field(default_factory=dict)
    defaults: dict[NodeId, list[tuple[ScopeId, str]]] = field(default_factory=dict)
    stores: dict[NodeId, list[tuple[ScopeId, StoredAttribute]]] = field(default_factory=dict)


class LeftOut(NamedTuple):
    """A body that is not tracked yet, and the number that its first node is to have."""

    node: NodeId
    body: FunctionBody


@dataclass(frozen=True, eq=False)
class Part:
    """What one look at a statement shows: at all of it, at all but some bodies, or at one of those.

    `spans` and `owners` (scopes) are those of the `nodes`; `bodies` belong to the scopes whose code
    was tracked, `left_out` to the others. A node is used in its part only. `caught`: the ranges of
    nodes for which an AttributeError or TypeError is handled; `quoted`: the `Annotated[…]` whose
    type is a string.
    """

    nodes: dict[NodeId, Node]
    spans: dict[NodeId, Span]
    owners: dict[NodeId, ScopeId]
    scopes: dict[ScopeId, Scope]
    bodies: dict[ScopeId, Body]
    left_out: dict[ScopeId, LeftOut]
    caught: tuple[tuple[NodeId, NodeId], ...]
    quoted: frozenset[NodeId]

    @cached_property
    def owned(self) -> dict[ScopeId, list[NodeId]]:
        """The nodes that each scope evaluates."""
        found: dict[ScopeId, list[NodeId]] = {}
        for number, owner in self.owners.items():
            found.setdefault(owner, []).append(number)
        return found

    @cached_property
    def users(self) -> Users:
        users = Users()
        for number, node in self.nodes.items():
            for operand in dict.fromkeys(operands(node)):
                users.nodes.setdefault(operand, []).append(number)
        for number, body in self.bodies.items():
            for event in body.events:
                users.events.setdefault(event.value, []).append((number, event))
                if isinstance(event, StoredAttribute):
                    users.stores.setdefault(event.base, []).append((number, event))
        for number, scope in self.scopes.items():
            for parameter in scope.parameters:
                if parameter.default is not None:
                    declared = (number, parameter.name)
                    users.defaults.setdefault(parameter.default, []).append(declared)
        return users


class Unit:
    """A statement that is tracked in parts: `read` does so with a body that has been left out.

    Nodes and scopes are numbered in the order of evaluation, with gaps for what is left out.
    """

    def __init__(self, path: str, index: int, read: Callable[[Unit, ScopeId], Part]) -> None:
        self.path = path
        self.index = index
        self.nodes: dict[NodeId, Node] = {}
        self.spans: dict[NodeId, Span] = {}
        self.owners: dict[NodeId, ScopeId] = {}
        self.scopes: dict[ScopeId, Scope] = {}
        self.left_out: dict[ScopeId, LeftOut] = {}
        self._parts: dict[ScopeId, Part] = {}
        self._in_order = True
        self._new: list[Part] = []
        self._stored: dict[str, list[tuple[ScopeId, StoredAttribute]]] = {}
        self._read = read

    def begin(self, part: Part) -> None:
        """Take what the first look has shown."""
        self.left_out = dict(part.left_out)
        if self.left_out:
            self._add(part)
        else:  # there is nothing to come
            self.nodes, self.spans, self.owners = part.nodes, part.spans, part.owners
            self.scopes = part.scopes
            self._parts = dict.fromkeys(part.bodies, part)
            self._new.append(part)

    def part(self, scope: ScopeId) -> Part:
        """Return the part in which the code of a scope is tracked."""
        if scope in self.left_out:
            self._add(self._read(self, scope))
            self._in_order = False
            del self.left_out[scope]
        return self._parts[scope]

    def part_of(self, node: NodeId) -> Part:
        return self._parts[self.owners[node]]

    def _add(self, part: Part) -> None:
        self.nodes.update(part.nodes)
        self.spans.update(part.spans)
        self.owners.update(part.owners)
        self.scopes.update(part.scopes)
        self._parts.update(dict.fromkeys(part.bodies, part))
        self._new.append(part)

    def body(self, scope: ScopeId) -> Body:
        """Return what the code of a scope does."""
        return self.part(scope).bodies[scope]

    def own(self, scope: ScopeId) -> Iterator[tuple[NodeId, Node]]:
        """Yield the nodes that a scope evaluates itself."""
        part = self.part(scope)
        for number in part.owned.get(scope, ()):
            yield number, part.nodes[number]

    def stored(self, name: str) -> Iterator[StoredAttribute]:
        """Yield where what is tracked so far sets attributes of a name, in the order of scopes."""
        while self._new:
            for number, body in self._new.pop().bodies.items():
                for event in body.events:
                    if isinstance(event, StoredAttribute):
                        self._stored.setdefault(event.name, []).append((number, event))
        for _, event in sorted(self._stored.get(name, ()), key=itemgetter(0)):
            yield event

    def complete(self) -> Unit:
        """Return the unit with nothing left out."""
        for scope in tuple(self.left_out):
            self.part(scope)
        if not self._in_order:
            self.nodes = dict(sorted(self.nodes.items()))
            self.spans = dict(sorted(self.spans.items()))
            self.owners = dict(sorted(self.owners.items()))
            self.scopes = dict(sorted(self.scopes.items()))
            self._in_order = True
        return self
