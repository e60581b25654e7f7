"""Classes of the project: bases, attributes, methods with their overrides, and decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.decorators import Decorators
from flake8_bgtasks.tracking.things import (
    NONE,
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    ScopeRef,
    Super,
    Thing,
    Things,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.evaluate import Evaluator


class Classes:
    """Looks things up on classes. `subclasses` is filled once every unit is tracked."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._units = evaluator.units
        self._decorators = Decorators(evaluator)
        self._orders: dict[ScopeRef, tuple[Class | External | Unknown, ...]] = {}
        self.subclasses: dict[ScopeRef, tuple[ScopeRef, ...]] = {}

    # Bases

    def order(self, ref: ScopeRef) -> tuple[Class | External | Unknown, ...]:
        """Return the class and its bases, each before its own; Unknown for what isn't known."""
        if ref not in self._orders:
            self._orders[ref] = (Class(ref),)
            found: dict[Class | External | Unknown, None] = {Class(ref): None}
            for base in self._bases(ref):
                line = self.order(base.ref) if isinstance(base, Class) else (base,)
                for item in line:
                    found.pop(item, None)
                    found[item] = None
            self._orders[ref] = tuple(found)
        return self._orders[ref]

    def _bases(self, ref: ScopeRef) -> Iterator[Class | External | Unknown]:
        for argument in self._units.scope(ref).bases:
            if argument.keyword is not None:
                continue
            node = NodeRef(ref.path, ref.unit, self._plain_base(ref, argument.value))
            for thing in self._evaluator.deep_value(node):
                yield thing if isinstance(thing, (Class, External)) else Unknown()

    def _plain_base(self, ref: ScopeRef, node: int) -> int:
        """Return the class of `Base[T]`."""
        base = self._units.node(NodeRef(ref.path, ref.unit, node))
        return base.base if isinstance(base, facts.Subscript) else node

    def is_subclass(self, thing: Thing, names: frozenset[str]) -> bool:
        """Return whether a class is one of the external classes `names` or derives from one."""
        if isinstance(thing, External):
            return thing.name in names
        return isinstance(thing, Class) and any(
            known.is_external(base, names) for base in self.order(thing.ref)
        )

    def is_instance(self, thing: Thing, names: frozenset[str]) -> bool:
        """Return whether an object is of one of the external classes `names` or of a subclass."""
        return isinstance(thing, Instance) and self.is_subclass(thing.cls, names)

    def is_open(self, ref: ScopeRef) -> bool:
        """Return whether the class has bases outside the project that may add attributes."""
        plain = known.PLAIN_BASES | {"typing.NamedTuple"}
        return any(
            isinstance(base, Unknown) or (isinstance(base, External) and base.name not in plain)
            for base in self.order(ref)
        )

    # Functions in classes

    def receiver(self, ref: ScopeRef) -> Instance | Class | None:
        """Return what the first parameter of a method is bound to, None for other functions."""
        parent = self._units.parent(ref)
        if parent is None or self._units.scope(parent).kind != "class":
            return None
        kinds = self.decorator_names(ref)
        if "builtins.staticmethod" in kinds:
            return None
        name = self._units.scope(ref).name
        on_class = "builtins.classmethod" in kinds or name in ("__new__", "__init_subclass__")
        return Class(parent) if on_class else Instance(Class(parent))

    def class_of(self, ref: ScopeRef) -> ScopeRef | None:
        """Return the class that a function is defined in."""
        parent = self._units.parent(ref)
        inside = parent is not None and self._units.scope(parent).kind == "class"
        return parent if inside else None

    def decorator_names(self, ref: ScopeRef) -> frozenset[str]:
        return self._decorators.names(ref)

    def is_property(self, ref: ScopeRef) -> bool:
        return bool(self.decorator_names(ref) & known.PROPERTIES)

    def keeps_signature(self, ref: ScopeRef) -> bool:
        return self._decorators.keep_signature(ref)

    def decorator_keeps(self, ref: NodeRef) -> bool:
        return self._decorators.keeps(ref)

    def signature(self, ref: ScopeRef) -> tuple[facts.SignatureParameter, ...]:
        """Return the parameters of a function; of a dataclass, those of the `__init__` it gets."""
        scope = self._units.scope(ref)
        if scope.kind != "class":
            return scope.parameters
        return tuple(
            facts.SignatureParameter(f.name, "normal", f.annotation, f.default, f.span)
            for f in scope.fields
        )

    def is_plain_dataclass(self, ref: ScopeRef) -> bool:
        """Return whether a class gets its whole `__init__` from its own fields."""
        made = self.decorator_names(ref) & known.DATACLASSES
        scope = self._units.scope(ref)
        return bool(made) and not scope.bases and "__init__" not in scope.bindings

    # Attributes

    def attribute_of_instance(self, instance: Thing, name: str) -> Things:
        """Evaluate an attribute of an object of a project class, with overrides in subclasses."""
        assert isinstance(instance, Instance)
        assert isinstance(instance.cls, Class)
        ref = instance.cls.ref
        found = set(self._through_order(ref, name, instance))
        if not instance.exact:
            for subclass in self.subclasses.get(ref, ()):
                own = self._own_attribute(subclass, name, Instance(Class(subclass)))
                found |= own or frozenset()
        return frozenset(found)

    def attribute_of_class(self, cls: Class, name: str) -> Things:
        """Evaluate an attribute of a project class itself."""
        return self._through_order(cls.ref, name, cls)

    def super_of(self, scope: ScopeRef) -> Things:
        """Evaluate `super()` in a method."""
        for inner in (scope, *self._units.above(scope)):
            owner = self.class_of(inner)
            if owner is not None:
                return frozenset([Super(Class(owner))])
        return UNKNOWN

    def attribute_of_super(self, thing: Super, name: str) -> Things:
        """Evaluate `super().name`: what comes next may depend on the class of the object."""
        owner = thing.cls
        found: set[Thing] = set()
        for ref in (owner.ref, *self.subclasses.get(owner.ref, ())):
            line = self.order(ref)
            rest = line[line.index(owner) + 1 :]
            found |= self._through(rest, name, Instance(Class(ref)))
        return frozenset(found)

    def _through_order(self, ref: ScopeRef, name: str, receiver: Instance | Class) -> Things:
        return self._through(self.order(ref), name, receiver)

    def _through(
        self,
        order: tuple[Class | External | Unknown, ...],
        name: str,
        receiver: Instance | Class,
    ) -> Things:
        """Evaluate an attribute that the first class of an order that has it defines."""
        for base in order:
            if isinstance(base, Unknown):
                return UNKNOWN
            if isinstance(base, External):
                if base.name in ("builtins.object", "abc.ABC", "typing.Protocol", "typing.Generic"):
                    continue
                return frozenset([External(f"{base.name}().{name}")])
            found = self._own_attribute(base.ref, name, receiver)
            if found is not None:
                return found
        return UNKNOWN

    def _own_attribute(self, ref: ScopeRef, name: str, receiver: Instance | Class) -> Things | None:
        """Evaluate an attribute that the class itself defines, None where it does not."""
        if (Class(ref), name) in self._evaluator.replaced:
            return UNKNOWN
        scope = self._units.scope(ref)
        refs = [NodeRef(ref.path, ref.unit, node) for node in scope.bindings.get(name, ())]
        stored = list(self.stored(ref, name, on_class=isinstance(receiver, Class)))
        fields = [f for f in scope.fields if f.name == name]
        if not (refs or stored or fields):
            return None
        found: set[Thing] = set()
        for field in fields:
            found |= self._evaluator.type_of(NodeRef(ref.path, ref.unit, field.annotation))
        if found and Unknown() not in found:
            return frozenset(found)
        for node in (*refs, *stored):
            found |= self._bound(node, receiver)
        # What is nothing but None is set by code elsewhere.
        return UNKNOWN if found == NONE else frozenset(found)

    def stored(self, ref: ScopeRef, name: str, *, on_class: bool = False) -> Iterator[NodeRef]:
        """Yield the nodes that methods of the class assign to `self.name` (or only `cls.name`)."""
        for event in self._units.stored(ref, name):
            base = NodeRef(ref.path, ref.unit, event.base)
            if self._is_self(base, ref, on_class=on_class):
                yield NodeRef(ref.path, ref.unit, event.value)

    def _is_self(self, base: NodeRef, cls: ScopeRef, *, on_class: bool) -> bool:
        wanted = (Class(cls),) if on_class else (Instance(Class(cls)), Class(cls))
        if not isinstance(self._units.node(base), facts.Parameter):
            return False
        return self.receiver(self._units.owner(base)) in wanted

    def _bound(self, ref: NodeRef, receiver: Instance | Class) -> Things:
        """Bind a function found on a class to the receiver; a property gives its result."""
        node = self._units.node(ref)
        if isinstance(node, facts.Definition):
            scope_ref = ScopeRef(ref.path, ref.unit, node.scope)
            if self._units.scope(scope_ref).kind == "function":
                return self._bound_function(scope_ref, receiver)
        return self._evaluator.value(ref)

    def _bound_function(self, ref: ScopeRef, receiver: Instance | Class) -> Things:
        if self.is_property(ref):
            return self._evaluator.result(Function(ref))
        if not self.keeps_signature(ref):
            return UNKNOWN
        kinds = self.decorator_names(ref)
        if "builtins.staticmethod" in kinds:
            return frozenset([Function(ref)])
        if "builtins.classmethod" in kinds:
            cls = receiver if isinstance(receiver, Class) else receiver.cls
            return frozenset([Method(ref, cls if isinstance(cls, Class) else receiver)])
        bound = isinstance(receiver, Instance)
        return frozenset([Method(ref, receiver) if bound else Function(ref)])
