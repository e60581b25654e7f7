"""What expressions stand for, in all files of a project: those without tasks as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.lifetimes.held import ITEM
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.binding import Binder
from flake8_bgtasks.tracking.evaluate import Evaluator
from flake8_bgtasks.tracking.things import (
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    Partial,
    ScopeRef,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing, Things
    from flake8_bgtasks.tracking.unit import Part


class Injection(NamedTuple):
    """`Depends(provider, scope=…)`: the call, what it is called with, and its scope if stated."""

    call: NodeRef
    providers: Things
    scope: str | None


class Values:
    """Evaluates nodes with every file of the project in sight.

    The program's own evaluator leaves out the functions of files that don't speak of tasks; where a
    database session comes from usually stands in one of those. They are tracked when asked for.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.units = program.units
        self.evaluator = Evaluator(program.units, program.names, program.all_paths)
        self.evaluator.classes.subclasses = program.evaluator.classes.subclasses
        self.binder = Binder(self.evaluator)
        self._reads: dict[Part, dict[int, list[NodeRef]]] = {}

    def of(self, ref: NodeRef) -> Things:
        return self.evaluator.value(ref)

    def node(self, ref: NodeRef) -> facts.Node:
        return self.units.node(ref)

    def functions(self, call: NodeRef) -> Things:
        """Return what a call calls."""
        node = self.node(call)
        return self.of(call._replace(node=node.function)) if isinstance(node, facts.Call) else ()  # type: ignore[return-value]

    def called_method(self, call: NodeRef) -> facts.Attribute | None:
        """Return `x.name` of the call `x.name(…)`, None of any other node."""
        node = self.node(call)
        if not isinstance(node, facts.Call):
            return None
        function = self.node(call._replace(node=node.function))
        return function if isinstance(function, facts.Attribute) else None

    def sites(self, call: NodeRef, function: ScopeRef) -> list[Site]:
        """Return how a call itself calls a function."""
        sites, _ = self.binder.sites(call)
        return [site for site in sites if site.function == function and site.how == "call"]

    def method(self, cls: ScopeRef, name: str) -> ScopeRef | None:
        """Return the method that objects of a class have under a name."""
        found = self.evaluator.attribute(Instance(Class(cls), exact=True), name)
        return next((thing.function for thing in found if isinstance(thing, Method)), None)

    def first_parameter(self, function: ScopeRef) -> str | None:
        parameters = self.units.scope(function).parameters
        return parameters[0].name if parameters else None

    def parameter(self, scope: ScopeRef, name: str) -> NodeRef | None:
        """Return the node of a parameter, None where a class stands in for its constructor."""
        return self.units.parameter(scope, name)

    def calls_in(self, scope: ScopeRef) -> Iterator[NodeRef]:
        """Yield the calls that a function makes itself."""
        return (ref for ref, node in self.units.own(scope) if isinstance(node, facts.Call))

    def is_receiver(self, scope: ScopeRef, name: str) -> bool:
        """Return whether a parameter is the `self` of a method."""
        receiver = self.evaluator.classes.receiver(scope)
        return isinstance(receiver, Instance) and self.first_parameter(scope) == name

    def getter(self, base: NodeRef, name: str) -> ScopeRef | None:
        """Return the function of the property that `base.name` reads, None where it is none."""
        for thing in self.of(base):
            if isinstance(thing, Instance) and isinstance(thing.cls, Class):
                for cls in self.evaluator.classes.order(thing.cls.ref):
                    for function in self._defined(cls, name):
                        return function if self.evaluator.classes.is_property(function) else None
        return None

    def _defined(self, cls: object, name: str) -> Iterator[ScopeRef]:
        if isinstance(cls, Class):
            for number in self.units.scope(cls.ref).bindings.get(name, ()):
                node = self.node(NodeRef(cls.ref.path, cls.ref.unit, number))
                if isinstance(node, facts.Definition):
                    yield cls.ref._replace(scope=node.scope)

    def is_manager(self, function: ScopeRef) -> bool:
        """Return whether a generator is decorated to be used by `with`."""
        names = self.evaluator.classes.decorator_names(function)
        return not names.isdisjoint(MANAGERS) and self.units.scope(function).is_generator

    def closure_reads(self, ref: NodeRef) -> list[NodeRef]:
        """Return where inner functions read a variable that is bound to a node."""
        part = self.units.part_of(ref)
        if part not in self._reads:
            found: dict[int, list[NodeRef]] = {}
            for number, node in part.nodes.items():
                if isinstance(node, facts.Free):
                    read = ref._replace(node=number)
                    for bound in self.evaluator.bindings_of(read, node.name):
                        found.setdefault(bound.node, []).append(read)
            self._reads[part] = found
        return self._reads[part].get(ref.node, [])

    def name_of(self, thing: Thing) -> str:
        """Return the name of a function or class; empty for lambdas and what isn't known."""
        match thing:
            case Function(ref=ref) | Method(function=ref) | Class(ref=ref):
                scope = self.units.scope(ref)
                return "" if scope.kind == "lambda" else scope.qualname
            case External(name=name):
                return name.removeprefix("builtins.").replace("().", ".")
            case Partial(function=inner):
                return self.name_of(inner)
        return ""

    def passed(
        self, annotation: NodeRef
    ) -> Iterator[tuple[Literal["upload", "request"], tuple[str, ...]]]:
        """Yield what FastAPI passes for an annotation: an upload, uploads in a list, a request."""
        for thing in self.evaluator.type_of(annotation):
            cls = thing.cls if isinstance(thing, Instance) else thing
            if known.is_external(cls, UPLOADS):
                yield "upload", ()
            elif known.is_external(cls, REQUESTS):
                yield "request", ()
        for source in self.evaluator.sources(annotation):
            node = self.node(source)
            if isinstance(node, facts.Subscript) and node.keys:
                yield from self._passed_in(source, node)

    def _passed_in(
        self, ref: NodeRef, node: facts.Subscript
    ) -> Iterator[tuple[Literal["upload", "request"], tuple[str, ...]]]:
        """Yield what FastAPI passes for `list[UploadFile]`, also in `Annotated` or `Optional`."""
        generic = self.of(ref._replace(node=node.base))
        first = ref._replace(node=node.keys[0])
        if all(known.is_external(thing, LISTS) for thing in generic):
            if ("upload", ()) in self.passed(first):
                yield "upload", (ITEM,)
        elif all(known.is_external(thing, known.ANNOTATED | known.OPTIONAL) for thing in generic):
            yield from (found for found in self.passed(first) if found[1])

    # Dependencies

    def injection(
        self, scope: ScopeRef, declared: facts.SignatureParameter | facts.Field
    ) -> Injection | None:
        """Return the `Depends(…)` that fills a parameter, or an annotated name of a class."""
        for ref in self.markers(scope, declared):
            call = self.node(ref)
            if isinstance(call, facts.Call) and self._is_depends(ref):
                return Injection(
                    ref, self._providers(scope, declared, ref, call), scope_of(self, ref)
                )
        return None

    def markers(
        self, scope: ScopeRef, declared: facts.SignatureParameter | facts.Field
    ) -> Iterator[NodeRef]:
        """Yield the default of a parameter, and what `Annotated` adds to its type."""
        if declared.default is not None:
            yield from self.evaluator.sources(NodeRef(scope.path, scope.unit, declared.default))
        if declared.annotation is not None:
            annotation = NodeRef(scope.path, scope.unit, declared.annotation)
            yield from self.evaluator.metadata(annotation)

    def listed_dependencies(self, call: NodeRef) -> Iterator[Thing]:
        """Yield what `dependencies=[Depends(…), …]` of a call names."""
        node = self.node(call)
        for argument in node.arguments if isinstance(node, facts.Call) else ():
            if argument.keyword != "dependencies":
                continue
            for source in self.evaluator.sources(call._replace(node=argument.value)):
                listed = self.node(source)
                if isinstance(listed, facts.Collection):
                    for item in listed.items:
                        for ref in self.evaluator.sources(source._replace(node=item)):
                            yield from self._named_by(ref)

    def _named_by(self, ref: NodeRef) -> Things:
        node = self.node(ref)
        if isinstance(node, facts.Call) and self._is_depends(ref) and node.arguments:
            return self.of(ref._replace(node=node.arguments[0].value))
        return UNKNOWN

    def _is_depends(self, ref: NodeRef) -> bool:
        called = self.functions(ref)
        return bool(called) and all(known.is_external(thing, known.DEPENDS) for thing in called)

    def _providers(
        self,
        scope: ScopeRef,
        declared: facts.SignatureParameter | facts.Field,
        ref: NodeRef,
        call: facts.Call,
    ) -> Things:
        for argument in call.arguments:
            if argument.keyword in (None, "dependency") and not argument.star:
                return self.of(ref._replace(node=argument.value))
        if declared.annotation is None:
            return frozenset()
        annotation = NodeRef(scope.path, scope.unit, declared.annotation)
        made: list[Thing] = [
            thing.cls for thing in self.evaluator.type_of(annotation) if isinstance(thing, Instance)
        ]
        return frozenset(made)


LISTS = frozenset({"builtins.list", "typing.List", "typing.Sequence", "collections.abc.Sequence"})
UPLOADS = frozenset(
    {
        "fastapi.UploadFile",
        "fastapi.datastructures.UploadFile",
        "starlette.datastructures.UploadFile",
    }
)
REQUESTS = frozenset({"fastapi.Request", "fastapi.requests.Request", "starlette.requests.Request"})
MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


def scope_of(values: Values, depends: NodeRef) -> str | None:
    """Return the text of `scope=` in a call of `Depends`."""
    call = values.node(depends)
    for argument in call.arguments if isinstance(call, facts.Call) else ():
        if argument.keyword == "scope":
            text = values.node(depends._replace(node=argument.value))
            return text.value if isinstance(text, facts.Constant) else "unknown"
    return None
