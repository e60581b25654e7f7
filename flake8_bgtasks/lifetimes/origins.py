"""Where values come from: followed back through variables, attributes, calls and constructors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.lifetimes.held import ITEM, Given, Held, Made, Opened, filled
from flake8_bgtasks.lifetimes.managers import Managers
from flake8_bgtasks.lifetimes.resources import PATHS, TEMPORARY_FOLDERS
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import Class, External, Function, Method, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.lifetimes.values import Values
    from flake8_bgtasks.tracking.binding import Site

Holdings = frozenset[Held]
DEEPEST = 60
"""Longer ways back are not followed."""


class Origins:
    """Answers what values hold, in terms of parameters, calls and `with` blocks."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._managers = Managers(values, self)
        self._kept: dict[NodeRef, Holdings] = {}
        self._open: set[NodeRef] = set()
        self._cut = False

    def of(self, ref: NodeRef) -> Holdings:
        """Return what a value holds; nothing where that isn't known."""
        if ref in self._kept:
            return self._kept[ref]
        if ref in self._open or len(self._open) > DEEPEST:
            self._cut = True
            return frozenset()
        self._open.add(ref)
        found = frozenset(self._compute(ref))
        self._open.discard(ref)
        if not self._open:
            self._cut = False
        if not self._cut:
            self._kept[ref] = found
        return found

    def _all(self, refs: Iterable[NodeRef]) -> Iterator[Held]:
        for ref in refs:
            yield from self.of(ref)

    def _compute(self, ref: NodeRef) -> Iterator[Held]:
        node = self._values.node(ref)
        match node:
            case facts.Parameter(name=name):
                yield Held(Given(self._values.units.owner(ref), name))
            case facts.Free(name=name):
                yield from self._all(self._values.evaluator.bindings_of(ref, name))
            case facts.Attribute(base=base, name=name):
                yield from self._attribute(ref._replace(node=base), name)
            case facts.Call():
                yield from self._call(ref, node)
            case facts.Choice(options=options):
                yield from self._all(ref._replace(node=option) for option in options)
            case facts.Narrowed(base=base, is_none=False) | facts.Declared(base=base):
                yield from self.of(ref._replace(node=base))
            case facts.Awaited(base=base):
                yield from self.of(ref._replace(node=base))
            case facts.Entered(base=base):
                yield from self._managers.entered(ref, ref._replace(node=base))
            case _:
                yield from self._of_parts(ref, node)

    def _of_parts(self, ref: NodeRef, node: facts.Node) -> Iterator[Held]:
        match node:
            case facts.Element(base=base) | facts.Subscript(base=base):
                yield from self._attribute(ref._replace(node=base), ITEM)
            case facts.Collection(kind="list" | "tuple" | "set", items=items):
                for held in self._all(ref._replace(node=item) for item in items):
                    inside = held.within(ITEM)
                    if inside is not None:
                        yield inside
            case facts.Tested(parts=parts) | facts.Opaque(parts=parts):
                yield from self._below_folders(ref._replace(node=part) for part in parts)

    def _attribute(self, base: NodeRef, name: str) -> Iterator[Held]:
        getter = self._values.getter(base, name)
        if getter is not None:
            first = self._values.first_parameter(getter) or ""
            given = Given(getter, first)
            yield from filled(self.returned(getter), given, partial(self.of, base))
            return
        for held in self.of(base):
            found = held.attribute(name)
            if found is not None:
                yield found

    # Calls

    def _call(self, ref: NodeRef, call: facts.Call) -> Iterator[Held]:
        for thing in self._values.functions(ref):
            match thing:
                case Class(ref=cls):
                    yield Held(Made(ref))
                    yield from self._object(ref, cls)
                case Function(ref=function) | Method(function=function):
                    yield from self._result(ref, call, function)
                case External(name=name) if name in known.CASTS and len(call.arguments) == 2:
                    yield from self.of(ref._replace(node=call.arguments[1].value))
                case External(name=name) if name in PATHS:
                    arguments = [ref._replace(node=a.value) for a in call.arguments]
                    yield from self._below_folders(arguments)
                case _:
                    yield Held(Made(ref))

    def _below_folders(self, parts: Iterable[NodeRef]) -> Iterator[Held]:
        """Yield the temporary folders that a path made of some parts may lead into."""
        for held in self._all(parts):
            if isinstance(held.root, Opened) and not held.access:
                manager = self._managers.made_by(held.root.entered)
                if manager & TEMPORARY_FOLDERS:
                    yield held

    def _result(self, ref: NodeRef, call: facts.Call, function: ScopeRef) -> Iterator[Held]:
        """Yield what a function of the project returns for the arguments of a call."""
        if self._values.units.scope(function).is_generator:
            yield Held(Made(ref))
            return
        templates = self.returned(function)
        for site in self._values.sites(ref, function):
            yield from self._filled_at(site, function, templates)
        method = self._values.node(ref._replace(node=call.function))
        if isinstance(method, facts.Attribute):
            given = Given(function, self._values.first_parameter(function) or "")
            if self._values.is_receiver(function, given.name):
                base = ref._replace(node=method.base)
                yield from filled(templates, given, partial(self.of, base))
        for template in templates:
            if isinstance(template.root, Made) and not template.access:
                yield Held(Made(ref), path=template.path)  # another one at each call
            if not isinstance(template.root, Given) or template.root.scope != function:
                yield template

    def _filled_at(
        self, site: Site, function: ScopeRef, templates: Iterable[Held]
    ) -> Iterator[Held]:
        templates = tuple(templates)
        for argument in site.arguments:
            parameter = self._values.binder.parameter_of(site, argument)
            if parameter is not None and not parameter.kind.startswith("var_"):
                given = Given(function, parameter.name)
                yield from filled(templates, given, partial(self.of, argument.value))

    def returned(self, function: ScopeRef) -> Holdings:
        """Return what a function returns, in terms of its own parameters."""
        events = self._values.units.scope(function).events
        nodes = [e.value for e in events if isinstance(e, facts.Returned)]
        return frozenset(self._all(NodeRef(function.path, function.unit, node) for node in nodes))

    # Objects

    def _object(self, ref: NodeRef, cls: ScopeRef) -> Iterator[Held]:
        """Yield what an object of a project's class holds that a call makes."""
        init, templates = self.stored(cls)
        if init is None:
            return
        for site in self._values.sites(ref, init):
            yield from self._filled_at(site, init, templates)

    def stored(self, cls: ScopeRef) -> tuple[ScopeRef | None, Holdings]:
        """Return the constructor of a class, and what objects keep of its arguments.

        The constructor of a dataclass is the class.
        """
        if self._values.evaluator.classes.is_plain_dataclass(cls):
            signature = self._values.evaluator.classes.signature(cls)
            fields = (Held(Given(cls, field.name), path=(field.name,)) for field in signature)
            return cls, frozenset(fields)
        init = self._values.method(cls, "__init__")
        if init is None:
            return None, frozenset()
        return init, frozenset(self._kept_by(init))

    def _kept_by(self, init: ScopeRef) -> Iterator[Held]:
        first = Held(Given(init, self._values.first_parameter(init) or ""))
        for event in self._values.units.scope(init).events:
            if isinstance(event, facts.StoredAttribute):
                base = NodeRef(init.path, init.unit, event.base)
                if first in self.of(base):
                    for held in self.of(base._replace(node=event.value)):
                        inner = held.within(event.name)
                        if inner is not None:
                            yield inner
        yield from self._kept_by_base(init)

    def _kept_by_base(self, init: ScopeRef) -> Iterator[Held]:
        """Yield what `super().__init__(…)` keeps."""
        for call in self._values.calls_in(init):
            function = self._values.node(call._replace(node=_function(self._values, call)))
            if not isinstance(function, facts.Attribute) or function.name != "__init__":
                continue
            for thing in self._values.functions(call):
                if isinstance(thing, Method) and thing.function != init:
                    templates = frozenset(self._kept_by(thing.function))
                    for site in self._values.sites(call, thing.function):
                        yield from self._filled_at(site, thing.function, templates)


def _function(values: Values, call: NodeRef) -> int:
    node = values.node(call)
    assert isinstance(node, facts.Call)
    return node.function
