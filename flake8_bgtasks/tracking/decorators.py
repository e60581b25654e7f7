"""Which decorators leave a function's signature as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import External, Function, Instance, NodeRef, ScopeRef, Thing

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.evaluate import Evaluator
    from flake8_bgtasks.tracking.unit import Part

ROUTE_METHODS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "websocket"}
)
_REGISTER = ROUTE_METHODS | {
    "websocket_route",
    "route",
    "exception_handler",
    "middleware",
    "on_event",
}


class Decorators:
    """Evaluates the decorators of functions."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._units = evaluator.units
        self._kept: dict[ScopeRef, bool] = {}

    def names(self, ref: ScopeRef) -> frozenset[str]:
        """Return the external decorators of a function, called ones too."""
        found = set()
        for node in self._units.scope(ref).decorators:
            for thing in self._evaluator.deep_value(
                self._function(NodeRef(ref.path, ref.unit, node))
            ):
                if isinstance(thing, External):
                    found.add(thing.name)
        return frozenset(found)

    def _function(self, ref: NodeRef) -> NodeRef:
        """Return the function of a decorator that is a call."""
        node = self._units.node(ref)
        return ref._replace(node=node.function) if isinstance(node, facts.Call) else ref

    def keep_signature(self, ref: ScopeRef) -> bool:
        """Return whether callers of the decorated function call it with its own parameters."""
        if ref not in self._kept:
            self._kept[ref] = True  # a decorator that is decorated by itself
            nodes = [NodeRef(ref.path, ref.unit, n) for n in self._units.scope(ref).decorators]
            self._kept[ref] = all(self.keeps(node) for node in nodes)
        return self._kept[ref]

    def keeps(self, ref: NodeRef) -> bool:
        """Return whether a decorator leaves the signature as it is."""
        function = self._function(ref)
        if self._registers(function):
            return True
        things = self._evaluator.deep_value(function)
        called = function != ref
        return bool(things) and all(self._thing_keeps(thing, called=called) for thing in things)

    def _registers(self, ref: NodeRef) -> bool:
        """Return whether the decorator is a method that registers the function and returns it."""
        node = self._units.node(ref)
        if not isinstance(node, facts.Attribute) or node.name not in _REGISTER:
            return False
        bases = self._evaluator.value(ref._replace(node=node.base))
        return not any(isinstance(base, Function) for base in bases)

    def _thing_keeps(self, thing: Thing, *, called: bool) -> bool:
        if isinstance(thing, External):
            last = thing.name.rpartition(".")[2]
            return thing.name in known.KEEPS_SIGNATURE or last in ("setter", "getter", "deleter")
        if isinstance(thing, Instance):
            return False
        if not isinstance(thing, Function):
            return False
        return self._function_keeps(thing.ref, called=called)

    def _function_keeps(self, ref: ScopeRef, *, called: bool) -> bool:
        """Return whether a decorator of the project returns its argument or a wrapper like it."""
        returned = list(self._returned(ref))
        if called:
            inner = [r for node in returned for r in self._inner_function(node)]
            return len(inner) == len(returned) > 0 and all(
                self._function_keeps(r, called=False) for r in inner
            )
        return bool(returned) and all(self._is_same(ref, node) for node in returned)

    def _returned(self, ref: ScopeRef) -> list[NodeRef]:
        events = self._units.scope(ref).events
        return [
            NodeRef(ref.path, ref.unit, e.value) for e in events if isinstance(e, facts.Returned)
        ]

    def _inner_function(self, ref: NodeRef) -> list[ScopeRef]:
        node = self._units.node(ref)
        if isinstance(node, facts.Definition):
            return [ScopeRef(ref.path, ref.unit, node.scope)]
        return []

    def _is_same(self, decorator: ScopeRef, ref: NodeRef) -> bool:
        node = self._units.node(ref)
        if isinstance(node, facts.Parameter):
            return self._units.owner(ref) == decorator
        inner = self._inner_function(ref)
        return bool(inner) and all(self._passes_through(wrapper) for wrapper in inner)

    def _passes_through(self, ref: ScopeRef) -> bool:
        """Return whether a wrapper takes `*args, **kwargs` and hands them on with nothing added."""
        scope = self._units.scope(ref)
        kinds = {p.kind: p.name for p in scope.parameters}
        if set(kinds) != {"var_positional", "var_keyword"}:
            return False
        part = self._units.part(ref)
        calls = [node for _, node in self._units.own(ref) if isinstance(node, facts.Call)]
        handed = [c for c in calls if {"*", "**"} <= {argument.star for argument in c.arguments}]
        if not handed or not all(self._hands_on(part, call) for call in handed):
            return False
        return self._untouched(ref)

    def _hands_on(self, part: Part, call: facts.Call) -> bool:
        given = [part.nodes[argument.value] for argument in call.arguments]
        return len(given) == 2 and all(isinstance(node, facts.Parameter) for node in given)

    def _untouched(self, ref: ScopeRef) -> bool:
        """Return whether a wrapper does nothing with its `*args, **kwargs` but hand them on."""
        events = self._units.scope(ref).events
        stored = [event.base for event in events if isinstance(event, facts.StoredItem)]
        for found, node in self._units.own(ref):
            if isinstance(node, facts.Parameter):
                using = [self._units.node(user) for user in self._units.using(found)]
                if not all(isinstance(n, (facts.Call, facts.Tested)) for n in using):
                    return False
                if found.node in stored:
                    return False
        return True
