"""Where names are read: the reverse of resolving them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.project.names import Defined
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import (
    Class,
    Function,
    Instance,
    Method,
    Module,
    NodeRef,
    Partial,
    ScopeRef,
    Thing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.tracking.program import Program


class Links:
    """Indices from what is bound to where it is read, over the whole program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units
        self._evaluator = program.evaluator

    @cached_property
    def reads(self) -> dict[NodeRef, tuple[NodeRef, ...]]:
        """For a node that a name is bound to: its reads in inner functions and other statements."""
        found: dict[NodeRef, list[NodeRef]] = {}
        for ref, node in self._program.nodes:
            for bound in self._bound_to(ref, node):
                found.setdefault(bound, []).append(ref)
        return {ref: tuple(reads) for ref, reads in found.items()}

    def _bound_to(self, ref: NodeRef, node: facts.Node) -> Iterable[NodeRef]:
        names = self._evaluator.names
        match node:
            case facts.Free(name=name):
                bound = self._evaluator.bindings_of(ref, name)
                return bound or self._defined(names.lookup(ref.path, name))
            case facts.Imported(module=module, name=str(name), level=level):
                return self._defined(names.from_module(ref.path, module, level, name))
            case facts.Attribute(base=base, name=name):
                modules = self._program.value(ref._replace(node=base))
                return [
                    bound
                    for thing in modules
                    if isinstance(thing, Module)
                    for bound in self._defined(names.member(thing.path, name))
                ]
        return ()

    def _defined(self, targets: Iterable[object]) -> list[NodeRef]:
        """Return what variables are bound to; functions and classes hold nothing."""
        plain = self._units.plain_definition
        return [
            ref
            for target in targets
            if isinstance(target, Defined) and plain(target.path, target.statement) is None
            for ref in self._evaluator.bound_by(target)
        ]

    @cached_property
    def attributes(self) -> dict[str, tuple[NodeRef, ...]]:
        """Every read of an attribute, by its name."""
        found: dict[str, list[NodeRef]] = {}
        for ref, node in self._program.nodes:
            if isinstance(node, facts.Attribute):
                found.setdefault(node.name, []).append(ref)
        return {name: tuple(refs) for name, refs in found.items()}

    @cached_property
    def parameters(self) -> dict[tuple[ScopeRef, str], NodeRef]:
        """The node of each parameter."""
        return {
            (self._units.owner(ref), node.name): ref
            for ref, node in self._program.nodes
            if isinstance(node, facts.Parameter)
        }

    def held_by(self, scope: ScopeRef, name: str) -> tuple[NodeRef, ...]:
        """Return the nodes that hold what is passed to a parameter (a dataclass: its attribute)."""
        if self._units.scope(scope).kind != "class":
            node = self.parameters.get((scope, name))
            return () if node is None else (node,)
        return tuple(read for read in self.attributes.get(name, ()) if self._is_of(scope, read))

    def _is_of(self, cls: ScopeRef, read: NodeRef) -> bool:
        node = self._units.node(read)
        assert isinstance(node, facts.Attribute)
        owners = self._program.value(read._replace(node=node.base))
        return any(isinstance(t, Instance) and t.cls == Class(cls) for t in owners)

    @cached_property
    def handed_out(self) -> frozenset[ScopeRef]:
        """The functions that are used as values, so that unknown code may call them."""
        found: set[ScopeRef] = set()
        kinds = (facts.Free, facts.Attribute, facts.Imported, facts.Definition, facts.Call)
        for ref, node in self._program.nodes:
            if isinstance(node, kinds) and self._is_handed_out(ref):
                found.update(ref for thing in self._program.value(ref) for ref in _functions(thing))
        return frozenset(found)

    def _is_handed_out(self, ref: NodeRef) -> bool:
        """Return whether a value is used for anything but being called, decorated or registered."""
        users = self._units.users(ref)
        for index in users.nodes.get(ref.node, ()):
            user = self._units.node(ref._replace(node=index))
            if isinstance(user, facts.Call) and not self._is_harmless(
                ref._replace(node=index), user, ref
            ):
                return True
            if isinstance(user, (facts.Collection, facts.Opaque, facts.Starred)):
                return True
        events = users.events.get(ref.node, ())
        kinds = (facts.Returned, facts.Yielded, facts.StoredAttribute, facts.StoredItem)
        return any(isinstance(event, kinds) for _, event in events)

    def _is_harmless(self, call_ref: NodeRef, call: facts.Call, ref: NodeRef) -> bool:
        """Return whether a call calls the function, or is known to do with it what roles say."""
        if call.function == ref.node:
            return True
        sites, _ = self._program.binder.sites(call_ref)
        if any(site.how in ("forward", "task", "partial") for site in sites):
            return True
        return call_ref in self._program.registrations


def _functions(thing: Thing) -> Iterable[ScopeRef]:
    """Yield the function that is called where a value is called."""
    match thing:
        case Function(ref=ref) | Method(function=ref):
            yield ref
        case Partial(function=function):
            yield from _functions(function)
