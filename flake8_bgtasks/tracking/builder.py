"""The tables of a unit while the tracker fills them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.tracking.facts import (
    Choice,
    Narrowed,
    Node,
    NodeId,
    Opaque,
    Scope,
    ScopeId,
    Unit,
)

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Span
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
    fields: list[Field] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    bindings: dict[str, list[NodeId]] = field(default_factory=dict)
    bound: list[tuple[str, NodeId]] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    steps: Block = ()
    yields: list[NodeId] = field(default_factory=list)
    suspends: bool = False

    def freeze(self) -> Scope:
        """Return the finished scope."""
        return Scope(
            kind=self.kind,
            name=self.name,
            qualname=self.qualname,
            parent=self.parent,
            span=self.span,
            is_async=self.is_async,
            is_generator=self.is_generator,
            decorators=self.decorators,
            parameters=self.parameters,
            returns=self.returns,
            bases=self.bases,
            fields=tuple(self.fields),
            is_stub=self.is_stub,
            events=tuple(self.events),
            bindings={name: tuple(dict.fromkeys(nodes)) for name, nodes in self.bindings.items()},
            steps=self.steps,
            yields=tuple(self.yields),
            suspends=self.suspends,
        )


@dataclass
class UnitBuilder:
    """A unit under construction."""

    path: str
    index: int
    nodes: list[Node] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    owners: list[ScopeId] = field(default_factory=list)
    scopes: list[ScopeBuilder] = field(default_factory=list)
    caught: list[tuple[NodeId, NodeId]] = field(default_factory=list)
    quoted: set[NodeId] = field(default_factory=set)

    def add(self, node: Node, span: Span, owner: ScopeId) -> NodeId:
        """Append a node and return its index."""
        self.nodes.append(node)
        self.spans.append(span)
        self.owners.append(owner)
        return len(self.nodes) - 1

    def reserve(self, span: Span, owner: ScopeId) -> NodeId:
        """Return the index of a node that `settle` fills in later (the head of a loop)."""
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

    def freeze(self) -> Unit:
        """Return the finished unit."""
        return Unit(
            path=self.path,
            index=self.index,
            nodes=tuple(self.nodes),
            spans=tuple(self.spans),
            owners=tuple(self.owners),
            scopes=tuple(scope.freeze() for scope in self.scopes),
            caught=tuple(self.caught),
            quoted=frozenset(self.quoted),
        )
