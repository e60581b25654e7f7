"""The tables of a unit while the tracker fills them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.tracking.facts import Body, Choice, Narrowed, Node, NodeId, Opaque, ScopeId
from flake8_bgtasks.tracking.unit import LeftOut, Part, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.project.bodies import FunctionBody
    from flake8_bgtasks.tracking.facts import Argument, Event, Field, SignatureParameter
    from flake8_bgtasks.tracking.steps import Block


@dataclass
class ScopeBuilder:
    """A scope under construction: `Scope` with lists, and the names it declares as not its own."""

    kind: Literal["module", "class", "function", "lambda"]
    name: str
    qualname: str
    parent: ScopeId | None
    span: Span
    is_async: bool = False
    is_generator: bool = False
    decorators: tuple[NodeId, ...] = ()
    parameters: tuple[SignatureParameter, ...] = ()
    returns: NodeId | None = None
    bases: tuple[Argument, ...] = ()
    is_stub: bool = False
    may_yield: bool = True
    may_be_stub: bool = True
    fields: list[Field] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    bindings: dict[str, list[NodeId]] = field(default_factory=dict)
    bound: list[tuple[str, NodeId]] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    steps: Block = ()
    yields: list[NodeId] = field(default_factory=list)
    suspends: bool = False

    def declared(self, read: Callable[[], Body]) -> Scope:
        """Return the finished scope."""
        return Scope(
            kind=self.kind,
            name=self.name,
            qualname=self.qualname,
            parent=self.parent,
            span=self.span,
            is_async=self.is_async,
            decorators=self.decorators,
            parameters=self.parameters,
            returns=self.returns,
            bases=self.bases,
            fields=tuple(self.fields),
            may_yield=self.may_yield,
            may_be_stub=self.may_be_stub,
            read=read,
        )

    def body(self) -> Body:
        """Return what the code of the finished scope does."""
        return Body(
            is_generator=self.is_generator,
            is_stub=self.is_stub,
            events=tuple(self.events),
            bindings={name: tuple(dict.fromkeys(nodes)) for name, nodes in self.bindings.items()},
            steps=self.steps,
            yields=tuple(self.yields),
            suspends=self.suspends,
        )


_GAP = 1 << 32
"""More numbers than any body needs."""


@dataclass
class UnitBuilder:
    """A part of a unit under construction; `next_node` and `next_scope` are the numbers to give."""

    next_node: NodeId = 0
    next_scope: ScopeId = 0
    nodes: dict[NodeId, Node] = field(default_factory=dict)
    spans: dict[NodeId, Span] = field(default_factory=dict)
    owners: dict[NodeId, ScopeId] = field(default_factory=dict)
    scopes: dict[ScopeId, ScopeBuilder] = field(default_factory=dict)
    left_out: dict[ScopeId, LeftOut] = field(default_factory=dict)
    caught: list[tuple[NodeId, NodeId]] = field(default_factory=list)
    quoted: set[NodeId] = field(default_factory=set)

    def open(self, scope: ScopeBuilder) -> ScopeId:
        """Append a scope and return its number."""
        number = self.next_scope
        self.scopes[number] = scope
        self.next_scope += 1
        return number

    def leave_out(self, scope: ScopeId, body: FunctionBody) -> None:
        """Keep numbers free for what the code of a scope will show."""
        self.left_out[scope] = LeftOut(self.next_node, body)
        self.scopes[scope].may_yield = body.yields
        self.scopes[scope].may_be_stub = not body.works
        self.next_node += _GAP
        self.next_scope += _GAP

    def add(self, node: Node, span: Span, owner: ScopeId) -> NodeId:
        """Append a node and return its number."""
        number = self.next_node
        self.nodes[number] = node
        self.spans[number] = span
        self.owners[number] = owner
        self.next_node += 1
        return number

    def reserve(self, span: Span, owner: ScopeId) -> NodeId:
        """Return the number of a node that `settle` fills in later (the head of a loop)."""
        return self.add(Opaque(), span, owner)

    def settle(self, reserved: NodeId, options: list[NodeId]) -> None:
        """Make a reserved node the join of `options`."""
        self.nodes[reserved] = Choice(tuple(dict.fromkeys(options)))

    def join(self, options: list[NodeId], span: Span, owner: ScopeId) -> NodeId:
        """Return the node for a value that is one of `options`."""
        distinct = self._without_narrowing(list(dict.fromkeys(options)))
        if len(distinct) == 1:
            return distinct[0]
        return self.add(Choice(tuple(distinct)), span, owner)

    def _without_narrowing(self, options: list[NodeId]) -> list[NodeId]:
        """Undo narrowing where the other branch comes back: set or None is the value itself."""
        narrowed: dict[NodeId, set[bool]] = {}
        for option in options:
            node = self.nodes[option]
            if isinstance(node, Narrowed):
                narrowed.setdefault(node.base, set()).add(node.is_none)
        whole = {base for base, seen in narrowed.items() if len(seen) == 2 or base in options}
        return list(dict.fromkeys(self._widened(option, whole) for option in options))

    def _widened(self, option: NodeId, whole: set[NodeId]) -> NodeId:
        node = self.nodes[option]
        return node.base if isinstance(node, Narrowed) and node.base in whole else option

    def freeze(self, read: Callable[[ScopeId], Body], *known: ScopeId) -> Part:
        """Return the finished part; the scopes `known` are declared in another one."""
        new = {number: scope for number, scope in self.scopes.items() if number not in known}
        tracked = {n: scope for n, scope in self.scopes.items() if n not in self.left_out}
        return Part(
            nodes=self.nodes,
            spans=self.spans,
            owners=self.owners,
            scopes={number: s.declared(partial(read, number)) for number, s in new.items()},
            bodies={number: scope.body() for number, scope in tracked.items()},
            left_out=self.left_out,
            caught=tuple(self.caught),
            quoted=frozenset(self.quoted),
        )
