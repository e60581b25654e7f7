"""What expressions stand for: parameters, attributes over classes, calls over returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known, library
from flake8_bgtasks.tracking.classes import Classes
from flake8_bgtasks.tracking.declared_types import DeclaredTypes
from flake8_bgtasks.tracking.memo import is_useful
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
    Partial,
    ScopeRef,
    Super,
    Thing,
    Things,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.tracking.unit import Scope
    from flake8_bgtasks.tracking.units import Units


class Evaluator(DeclaredTypes):
    """Evaluates nodes."""

    def __init__(self, units: Units, names: Names, relevant: Collection[str]) -> None:
        super().__init__(units, names, relevant)
        self.classes = Classes(self)
        self.replaced: frozenset[tuple[Thing, str]] = frozenset()

    def compute_value(self, ref: NodeRef) -> Things:
        node = self.units.node(ref)
        match node:
            case facts.Attribute(base=base, name=name):
                # Where the object is None, there is no attribute to speak of.
                bases = self.value(ref._replace(node=base)) - NONE
                return self.union(self.attribute(thing, name) for thing in bases)
            case facts.Call():
                return self._call(ref, node)
            case facts.Choice(options=options):
                return self.union(self.inner_value(ref, option) for option in options)
            case facts.Narrowed(base=base, is_none=is_none):
                return NONE if is_none else self.inner_value(ref, base) - NONE
            case facts.Awaited(base=base) | facts.TypeAlias(base=base):
                return self.inner_value(ref, base)
            case facts.Entered(base=base):
                return self.union(self._entered(thing) for thing in self.inner_value(ref, base))
            case facts.Declared(base=base, annotation=annotation):
                found = self.inner_value(ref, base)
                return found if is_useful(found) else self.type_of(ref._replace(node=annotation))
        return self._leaf(ref, node)

    def _entered(self, thing: Thing) -> Things:
        """Evaluate what `with thing as …` binds; a function with `yield` gives it already."""
        if not (isinstance(thing, Instance) and isinstance(thing.cls, Class)):
            return UNKNOWN
        found = [m for name in ("__enter__", "__aenter__") for m in self.attribute(thing, name)]
        methods = [method for method in found if isinstance(method, Method)]
        return self.union(map(self.result, methods)) if methods else frozenset([thing])

    def _leaf(self, ref: NodeRef, node: facts.Node) -> Things:
        """Evaluate a node that isn't made of others."""
        match node:
            case facts.Parameter(name=name):
                return self._parameter(ref, name)
            case facts.Free(name=name):
                return self.free(ref, name)
            case facts.Definition(scope=scope):
                return self.definition(ScopeRef(ref.path, ref.unit, scope))
            case facts.Imported(module=module, name=name, level=level):
                return self.imported(ref.path, module, name, level)
            case facts.Constant(kind="none"):
                return NONE
        return UNKNOWN

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
            if is_useful(found):
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
        if (
            not any(known.is_external(thing, known.DEPENDS) for thing in called)
            or not node.arguments
        ):
            return EMPTY
        provider = self.value(ref._replace(node=node.arguments[0].value))
        return self.union(self.result(thing) for thing in provider)

    def attribute(self, thing: Thing, name: str) -> Things:
        """Evaluate `thing.name`."""
        match thing:
            case External(name=dotted):
                return frozenset([External(f"{dotted}.{name}")])
            case Module(path=path) if (thing, name) not in self.replaced:
                return self.targets(self.names.member(path, name))
            case Instance(cls=Class()):
                return self.classes.attribute_of_instance(thing, name)
            case Instance(cls=External(name=dotted)):
                return frozenset([External(f"{dotted}().{name}")])
            case Class():
                return self.classes.attribute_of_class(thing, name)
            case Super():
                return self.classes.attribute_of_super(thing, name)
        return UNKNOWN

    def _call(self, ref: NodeRef, node: facts.Call) -> Things:
        function = node.function
        called = self.value(ref._replace(node=function))
        return self.union(self._result_of_call(ref, node, thing) for thing in called)

    def _result_of_call(self, ref: NodeRef, node: facts.Call, thing: Thing) -> Things:
        arguments = [ref._replace(node=argument.value) for argument in node.arguments]
        if known.is_external(thing, known.PARTIALS) and arguments:
            functions = self.value(arguments[0])
            return frozenset(f if isinstance(f, Unknown) else Partial(f, ref) for f in functions)
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
            case External(name=dotted) if dotted in library.RETURNS:
                return frozenset([Instance(External(library.RETURNS[dotted]))])
            case External(name=dotted):
                cls = known.RETURNS.get(dotted, dotted)
                is_class = cls.rpartition(".")[2][:1].isupper() or cls in known.SMALL_CLASSES
                return frozenset([Instance(External(cls))]) if is_class else UNKNOWN
            case Instance(cls=External(name=dotted)) if dotted in known.CALLED:
                return frozenset([Instance(External(known.CALLED[dotted]))])
            case Function(ref=ref) | Method(function=ref):
                return self._returned(ref)
            case Partial(function=function):
                return self.result(function)
            case Instance(cls=Class()):
                called = self.attribute(thing, "__call__")
                return self.union(
                    self.result(f) if isinstance(f, Method) else UNKNOWN for f in called
                )
        return UNKNOWN

    def _returned(self, ref: ScopeRef) -> Things:
        scope = self.units.scope(ref)
        if scope.is_generator:
            return self._provided(ref, scope)
        if scope.returns is not None:
            found = self.type_of(NodeRef(ref.path, ref.unit, scope.returns))
            if is_useful(found):
                return found
        if scope.is_stub:
            return UNKNOWN
        values = [
            self.value(NodeRef(ref.path, ref.unit, event.value))
            for event in scope.events
            if isinstance(event, facts.Returned)
        ]
        return self.union(values) if values else NONE

    def _provided(self, ref: ScopeRef, scope: Scope) -> Things:
        """Evaluate what a dependency with `yield` provides."""
        if scope.returns is not None:
            annotation = self.units.node(NodeRef(ref.path, ref.unit, scope.returns))
            if isinstance(annotation, facts.Subscript):
                found = self.type_of(NodeRef(ref.path, ref.unit, annotation.keys[0]))
                if is_useful(found):
                    return found
        yields = [event.value for event in scope.events if isinstance(event, facts.Yielded)]
        return self.union(self.value(NodeRef(ref.path, ref.unit, node)) for node in yields[:1])
