"""What nodes stand for: names resolved over modules, attributes over classes, calls over returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.project.names import Defined, ProjectModule, Targets
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.classes import Classes
from flake8_bgtasks.tracking.things import (
    EMPTY,
    NONE,
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Method,
    Module,
    NodeRef,
    Nothing,
    Partial,
    ScopeRef,
    Thing,
    Things,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.tracking.units import Units

MAX_DEPTH = 40
"""Longer chains of names and calls than this are not followed: their end is unknown."""


class Evaluator:
    """Evaluates nodes. Answers are kept; within a circle only the outermost one is."""

    def __init__(
        self, units: Units, names: Names, relevant: Collection[str]
    ) -> None:
        self.units = units
        self.names = names
        self._relevant = frozenset(relevant)
        self._deep = False
        self.classes = Classes(self)
        self._values: dict[NodeRef, Things] = {}
        self._types: dict[NodeRef, Things] = {}
        self._deep_values: dict[NodeRef, Things] = {}
        self._open: dict[tuple[str, NodeRef], int] = {}
        self._lowest: list[int] = []

    def forget(self) -> None:
        """Drop the kept answers."""
        self._values.clear()
        self._types.clear()
        self._deep_values.clear()

    # Values

    def value(self, ref: NodeRef) -> Things:
        """Return what the node stands for; never empty."""
        return self._inner(ref, ref.node) or UNKNOWN

    def deep_value(self, ref: NodeRef) -> Things:
        """Return what a decorator, base class or task stands for, wherever it is defined.

        Other functions and classes of files that don't matter stay unknown: nothing depends on
        them, and to read them all takes long.
        """
        before, self._deep = self._deep, True
        kept, self._values = self._values, self._deep_values
        try:
            return self.value(ref)
        finally:
            self._deep, self._values = before, kept

    def type_of(self, ref: NodeRef) -> Things:
        """Return what a value annotated with the node is: instances, or unknown."""
        return self._guarded("type", ref, self._types, self._type) or UNKNOWN

    def _guarded(
        self,
        kind: str,
        ref: NodeRef,
        kept: dict[NodeRef, Things],
        compute: Callable[[NodeRef], Things],
    ) -> Things:
        """Compute an answer once. One that met itself on the way is part of a circle: not kept."""
        if ref in kept:
            return kept[ref]
        key = (kind, ref)
        depth = len(self._open)
        if key in self._open or depth >= MAX_DEPTH:
            if self._lowest:
                self._lowest[-1] = min(self._lowest[-1], self._open.get(key, 0))
            return EMPTY if key in self._open else UNKNOWN
        self._open[key] = depth
        self._lowest.append(depth)
        found = compute(ref)
        lowest = self._lowest.pop()
        del self._open[key]
        if lowest >= depth:
            kept[ref] = found
        elif self._lowest:
            self._lowest[-1] = min(self._lowest[-1], lowest)
        return found

    def _value(self, ref: NodeRef) -> Things:
        node = self.units.node(ref)
        match node:
            case facts.Parameter(name=name):
                return self._parameter(ref, name)
            case facts.Free(name=name):
                return self.free(ref, name)
            case facts.Attribute(base=base, name=name):
                bases = self.value(ref._replace(node=base))
                return self._union(self.attribute(thing, name) for thing in bases)
            case facts.Call():
                return self._call(ref, node)
            case facts.Choice(options=options):
                return self._union(self._inner(ref, option) for option in options)
            case facts.Narrowed(base=base, is_none=is_none):
                return NONE if is_none else self._inner(ref, base) - NONE
            case facts.Definition(scope=scope):
                return self.definition(ScopeRef(ref.path, ref.unit, scope))
            case facts.Imported(module=module, name=name, level=level):
                return self._imported(ref.path, module, name, level)
            case facts.Awaited(base=base):
                return self._inner(ref, base)
            case facts.Declared(base=base, annotation=annotation):
                found = self._inner(ref, base)
                return found if _useful(found) else self.type_of(ref._replace(node=annotation))
            case facts.Constant(kind="none"):
                return NONE
            case facts.TypeAlias(base=base):
                return self._inner(ref, base)
        return UNKNOWN

    def _inner(self, ref: NodeRef, node: int) -> Things:
        """Evaluate another node of the same unit; empty inside a circle."""
        inner = ref._replace(node=node)
        return self._guarded("value", inner, self._values, self._value)

    def _union(self, parts: Iterable[Things]) -> Things:
        found: set[Thing] = set()
        for part in parts:
            found |= part
        return frozenset(found)

    # Names

    def free(self, ref: NodeRef, name: str) -> Things:
        """Evaluate a name that its scope does not bind."""
        bound = self.bindings_of(ref, name)
        if bound:
            return self._union(self.value(inner) for inner in bound)
        return self._global(ref.path, name)

    def bindings_of(self, ref: NodeRef, name: str) -> tuple[NodeRef, ...]:
        """Return the nodes that the enclosing functions bind to a free name, none for a global one."""
        owner = self.units.owner(ref)
        for scope_ref in (owner, *self.units.above(owner)):
            scope = self.units.scope(scope_ref)
            if scope.kind == "module" or (scope.kind == "class" and scope_ref != owner):
                continue
            if name in scope.bindings:
                return tuple(ref._replace(node=node) for node in scope.bindings[name])
        return ()

    def _global(self, path: str, name: str) -> Things:
        targets = self.names.lookup(path, name)
        if targets:
            return self.targets(targets)
        outline = self.names.outline_of(path)
        if outline is None or name in outline.bindings or outline.star_imports:
            return UNKNOWN
        return frozenset([External(f"builtins.{name}")])

    def targets(self, targets: Targets) -> Things:
        """Evaluate what a module-level name was resolved to."""
        return self._union(self._target(target) for target in targets) or UNKNOWN

    def _target(self, target: object) -> Things:
        if isinstance(target, Defined):
            return self._union(self.value(ref) for ref in self.bound_by(target)) or UNKNOWN
        if isinstance(target, ProjectModule):
            return frozenset([Module(target.path)])
        dotted: str = target.dotted  # type: ignore[attr-defined]
        return UNKNOWN if dotted.startswith(".") else frozenset([External(dotted)])

    def bound_by(self, target: Defined) -> tuple[NodeRef, ...]:
        """Return the nodes that a statement binds to its name."""
        key = (target.path, target.statement)
        seen = self._deep or target.path in self._relevant
        if not seen and self.units.is_definition(*key):
            return ()
        unit = self.units.get(*key)
        nodes = unit.scopes[0].bindings.get(target.name, ())
        return tuple(NodeRef(target.path, target.statement, node) for node in nodes)

    def module_bindings(self, path: str, name: str) -> tuple[NodeRef, ...]:
        """Return the nodes that a module-level name stands for, through imports."""
        targets = [t for t in self.names.lookup(path, name) if isinstance(t, Defined)]
        return tuple(ref for target in sorted(targets, key=repr) for ref in self.bound_by(target))

    def _imported(self, path: str, module: str, name: str | None, level: int) -> Things:
        if name is None:
            return self.targets(frozenset([self.names.module(path, module, level)]))
        return self.targets(self.names.from_module(path, module, level, name))

    # Definitions

    def definition(self, ref: ScopeRef) -> Things:
        """Evaluate a function or class statement as its callers see it, through its decorators."""
        scope = self.units.scope(ref)
        if scope.kind == "class":
            return frozenset([Class(ref)])
        if self.classes.is_property(ref):
            return UNKNOWN
        return frozenset([Function(ref)]) if self.classes.keeps_signature(ref) else UNKNOWN

    def _parameter(self, ref: NodeRef, name: str) -> Things:
        scope_ref = self.units.owner(ref)
        scope = self.units.scope(scope_ref)
        first = bool(scope.parameters) and scope.parameters[0].name == name
        if first:
            receiver = self.classes.receiver(scope_ref)
            if receiver is not None:
                return frozenset([receiver])
        declared = next((p for p in scope.parameters if p.name == name), None)
        if declared is None or declared.kind.startswith("var_"):
            return UNKNOWN
        return self._declared_parameter(ref, declared)

    def _declared_parameter(self, ref: NodeRef, declared: facts.SignatureParameter) -> Things:
        if declared.annotation is not None:
            found = self.type_of(ref._replace(node=declared.annotation))
            if _useful(found):
                return found
        if declared.default is not None:
            return self.injected(ref._replace(node=declared.default)) or UNKNOWN
        return UNKNOWN

    def injected(self, ref: NodeRef) -> Things:
        """Return what `Depends(f)` gives; empty where the node is no such call."""
        node = self.units.node(ref)
        if not isinstance(node, facts.Call):
            return EMPTY
        called = self.value(ref._replace(node=node.function))
        if not any(known.is_external(thing, known.DEPENDS) for thing in called) or not node.arguments:
            return EMPTY
        provider = self.value(ref._replace(node=node.arguments[0].value))
        return self._union(self.result(thing) for thing in provider)

    # Attributes and calls

    def attribute(self, thing: Thing, name: str) -> Things:
        """Evaluate `thing.name`."""
        match thing:
            case External(name=dotted):
                return frozenset([External(f"{dotted}.{name}")])
            case Module(path=path):
                return self.targets(self.names.member(path, name))
            case Instance(cls=Class()):
                return self.classes.attribute_of_instance(thing, name)
            case Instance(cls=External(name=dotted)):
                return frozenset([External(f"{dotted}().{name}")])
            case Class():
                return self.classes.attribute_of_class(thing, name)
        return UNKNOWN

    def _call(self, ref: NodeRef, node: facts.Call) -> Things:
        function = node.function
        called = self.value(ref._replace(node=function))
        return self._union(self._result_of_call(ref, node, thing) for thing in called)

    def _result_of_call(self, ref: NodeRef, node: facts.Call, thing: Thing) -> Things:
        arguments = [ref._replace(node=argument.value) for argument in node.arguments]
        if known.is_external(thing, known.PARTIALS) and arguments:
            functions = self.value(arguments[0])
            return frozenset(
                f if isinstance(f, Unknown) else Partial(f, ref) for f in functions
            )
        if known.is_external(thing, known.CASTS) and len(arguments) == 2:
            return self.type_of(arguments[0])
        if isinstance(thing, External) and thing.name == "builtins.super":
            return self.classes.super_of(self.units.owner(ref))
        return self.result(thing)

    def result(self, thing: Thing) -> Things:
        """Evaluate what a call of `thing` gives (awaited, where it is async)."""
        match thing:
            case Class():
                return frozenset([Instance(thing, exact=True)])
            case External(name=dotted):
                last = dotted.rpartition(".")[2]
                is_class = last[:1].isupper() or last in ("dict", "list", "set", "tuple")
                return frozenset([Instance(thing)]) if is_class else UNKNOWN
            case Function(ref=ref) | Method(function=ref):
                return self._returned(ref)
            case Partial(function=function):
                return self.result(function)
            case Instance(cls=Class()):
                called = self.attribute(thing, "__call__")
                return self._union(self.result(f) for f in called if isinstance(f, Method)) or UNKNOWN
        return UNKNOWN

    def _returned(self, ref: ScopeRef) -> Things:
        scope = self.units.scope(ref)
        if scope.returns is not None:
            found = self.type_of(NodeRef(ref.path, ref.unit, scope.returns))
            if _useful(found):
                return found
        if scope.is_generator:
            return self._provided(ref, scope)
        values = [
            self.value(NodeRef(ref.path, ref.unit, event.value))
            for event in scope.events
            if isinstance(event, facts.Returned)
        ]
        return self._union(values) if values else NONE

    def _provided(self, ref: ScopeRef, scope: facts.Scope) -> Things:
        """Evaluate what a dependency with `yield` provides."""
        yields = [event.value for event in scope.events if isinstance(event, facts.Yielded)]
        return self._union(self.value(NodeRef(ref.path, ref.unit, node)) for node in yields[:1])

    # Types

    def _type(self, ref: NodeRef) -> Things:
        node = self.units.node(ref)
        match node:
            case facts.Subscript(base=base, keys=keys):
                return self._generic(ref, base, keys)
            case facts.Choice(options=options):
                return self._union(self._type_inside(ref, option) for option in options)
            case facts.Constant(kind="none"):
                return NONE
            case facts.TypeAlias(base=base):
                return self._type_inside(ref, base)
            case facts.Declared(base=base):
                return self._type_inside(ref, base)
            case facts.Free(name=name):
                return self._named_type(ref, name)
        return self._union(self._instance(thing) for thing in self.value(ref))

    def _type_inside(self, ref: NodeRef, node: int) -> Things:
        return self._guarded("type", ref._replace(node=node), self._types, self._type)

    def _named_type(self, ref: NodeRef, name: str) -> Things:
        """Evaluate a type that has a name: an alias stands for what it was assigned."""
        bound = list(self.bindings_of(ref, name))
        if not bound:
            bound = list(self.module_bindings(ref.path, name))
        aliases = [inner for inner in bound if self._is_alias(inner)]
        if aliases:
            return self._union(self.type_of(inner) for inner in aliases)
        return self._union(self._instance(thing) for thing in self.value(ref))

    def _is_alias(self, ref: NodeRef) -> bool:
        node = self.units.node(ref)
        return isinstance(
            node,
            (facts.Subscript, facts.Choice, facts.TypeAlias, facts.Declared, facts.Free, facts.Attribute),
        )

    def _generic(self, ref: NodeRef, base: int, keys: tuple[int, ...]) -> Things:
        bases = self.value(ref._replace(node=base))
        names = {thing.name for thing in bases if isinstance(thing, External)}
        if names & known.ANNOTATED:
            return self._annotated(ref, keys)
        if names & known.OPTIONAL:
            return self._type_inside(ref, keys[0]) | NONE
        if names & known.UNION:
            return self._union(self._type_inside(ref, key) for key in keys)
        if names & known.TRANSPARENT_TYPES:
            return self._type_inside(ref, keys[0])
        return self._union(self._instance(thing) for thing in bases)

    def _annotated(self, ref: NodeRef, keys: tuple[int, ...]) -> Things:
        found = self._type_inside(ref, keys[0])
        if _useful(found):
            return found
        return self._union(self.injected(ref._replace(node=key)) for key in keys[1:]) or found

    def sources(self, ref: NodeRef, depth: int = 0) -> tuple[NodeRef, ...]:
        """Return the nodes behind a name or an alias of one."""
        node = self.units.node(ref)
        if isinstance(node, facts.Free) and depth < MAX_DEPTH:
            bound = self.bindings_of(ref, node.name) or self.module_bindings(ref.path, node.name)
            return tuple(r for inner in bound for r in self.sources(inner, depth + 1))
        if isinstance(node, facts.Declared):
            return self.sources(ref._replace(node=node.base), depth + 1)
        if isinstance(node, facts.Attribute) and depth < MAX_DEPTH:
            found = self._members(ref, node)
            return tuple(r for inner in found for r in self.sources(inner, depth + 1)) or (ref,)
        return (ref,)

    def _members(self, ref: NodeRef, node: facts.Attribute) -> tuple[NodeRef, ...]:
        modules = [t for t in self.value(ref._replace(node=node.base)) if isinstance(t, Module)]
        targets = [t for m in modules for t in self.names.member(m.path, node.name)]
        return tuple(r for t in targets if isinstance(t, Defined) for r in self.bound_by(t))

    def metadata(self, ref: NodeRef) -> tuple[NodeRef, ...]:
        """Return what `Annotated` adds to a type, through aliases."""
        found: list[NodeRef] = []
        for source in self.sources(ref):
            node = self.units.node(source)
            if isinstance(node, facts.TypeAlias):
                found.extend(self.metadata(source._replace(node=node.base)))
            elif isinstance(node, facts.Subscript) and self._is_annotated(source, node):
                found.extend(self.metadata(source._replace(node=node.keys[0])))
                for key in node.keys[1:]:
                    found.extend(self.sources(source._replace(node=key)))
        return tuple(found)

    def _is_annotated(self, ref: NodeRef, node: facts.Subscript) -> bool:
        bases = self.value(ref._replace(node=node.base))
        return any(known.is_external(base, known.ANNOTATED) for base in bases)

    def _instance(self, thing: Thing) -> Things:
        if isinstance(thing, Class):
            return frozenset([Instance(thing)])
        if isinstance(thing, External) and thing.name.rpartition(".")[2][:1].isupper():
            vague = thing.name in ("typing.Any", "typing_extensions.Any")
            return UNKNOWN if vague else frozenset([Instance(thing)])
        if isinstance(thing, External) and thing.name.startswith("builtins."):
            return UNKNOWN if thing.name == "builtins.object" else frozenset([Instance(thing)])
        return NONE if isinstance(thing, Nothing) else UNKNOWN


def _useful(things: Things) -> bool:
    return bool(things) and Unknown() not in things
