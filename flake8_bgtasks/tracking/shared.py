"""Objects that outlive a request and keep the instance of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Instance, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.program import Program

_KEEPS = frozenset({"append", "add", "insert", "setdefault"})


class Kept(NamedTuple):
    """A place that keeps a request's instance."""

    path: str
    span: Span


def kept_instances(program: Program) -> Iterator[Kept]:
    """Yield where a module-level object or list keeps an injected instance for later requests."""
    singletons = _singletons(program)
    for ref, scope in program.scopes:
        if program.is_test(ref.path):
            continue
        for event in scope.events:
            if isinstance(event, facts.StoredAttribute) and _keeps(program, ref, event, singletons):
                yield Kept(ref.path, event.span)
            if isinstance(event, facts.StoredOutside) and _keeps_globally(program, ref, event):
                yield Kept(ref.path, event.span)
    yield from _collected(program)


def _singletons(program: Program) -> frozenset[ScopeRef]:
    """Return the classes that have an object at module level."""
    found = set()
    for ref, scope in program.scopes:
        for nodes in scope.bindings.values() if scope.kind == "module" else ():
            for node in nodes:
                inner = NodeRef(ref.path, ref.unit, node)
                if isinstance(program.units.node(inner), facts.Call):
                    found.update(_classes(program, inner))
    return frozenset(found)


def _classes(program: Program, ref: NodeRef) -> list[ScopeRef]:
    return [
        thing.cls.ref
        for thing in program.value(ref)
        if isinstance(thing, Instance) and isinstance(thing.cls, Class)
    ]


def _keeps(
    program: Program,
    scope: ScopeRef,
    event: facts.StoredAttribute,
    singletons: frozenset[ScopeRef],
) -> bool:
    """Return whether `object.name = tasks` keeps the first instance: `if self.name is None`."""
    base = NodeRef(scope.path, scope.unit, event.base)
    value = NodeRef(scope.path, scope.unit, event.value)
    owners = _classes(program, base)
    if not owners or not set(owners) <= singletons or not _is_parameter(program, value):
        return False
    return _is_asked_first(program, scope, event) and _is_added_to(program, owners, event.name)


def _keeps_globally(program: Program, scope: ScopeRef, event: facts.StoredOutside) -> bool:
    """Return whether `global name; name = …` keeps the first instance or what it is in."""
    value = NodeRef(scope.path, scope.unit, event.value)
    node = program.units.node(value)
    given = [value]
    if isinstance(node, facts.Call):
        given = [value._replace(node=argument.value) for argument in node.arguments]
    parameters = [ref for ref in given if _is_parameter(program, ref)]
    if not parameters or not _is_asked_first(program, scope, event):
        return False
    return any(program.fates.of(ref).adds for ref in parameters)


def _is_parameter(program: Program, ref: NodeRef) -> bool:
    node = program.units.node(ref)
    if isinstance(node, facts.Narrowed):
        node = program.units.node(ref._replace(node=node.base))
    return isinstance(node, facts.Parameter) and program.is_tasks(program.value(ref))


def _is_asked_first(
    program: Program, scope: ScopeRef, event: facts.StoredAttribute | facts.StoredOutside
) -> bool:
    """Return whether the function tests the attribute or variable before it stores."""
    return any(
        isinstance(other, facts.Condition)
        and other.span.line <= event.span.line
        and _reads(program, NodeRef(scope.path, scope.unit, other.value), event.name)
        for other in program.units.scope(scope).events
    )


def _reads(program: Program, ref: NodeRef, name: str) -> bool:
    node = program.units.node(ref)
    if isinstance(node, (facts.Attribute, facts.Free)):
        return node.name == name
    parts = node.parts if isinstance(node, facts.Tested) else ()
    return any(_reads(program, ref._replace(node=part), name) for part in parts)


def _is_added_to(program: Program, owners: list[ScopeRef], name: str) -> bool:
    for read in program.links.attributes.get(name, ()):
        node = program.units.node(read)
        assert isinstance(node, facts.Attribute)
        is_own = set(_classes(program, read._replace(node=node.base))) & set(owners)
        if is_own and program.fates.of(read).adds:
            return True
    return False


def _collected(program: Program) -> Iterator[Kept]:
    """Yield `module_list.append(tasks)` of an injected instance."""
    for ref, call in program.calls:
        method = program.units.node(ref._replace(node=call.function))
        if not isinstance(method, facts.Attribute) or method.name not in _KEEPS:
            continue
        holder = program.evaluator.sources(ref._replace(node=method.base))
        if not holder or not all(_is_module_list(program, source) for source in holder):
            continue
        values = [ref._replace(node=argument.value) for argument in call.arguments]
        injected = any(program.instances.injected_parameters(value) for value in values)
        if injected and not program.is_test(ref.path):
            yield Kept(ref.path, program.span(ref))


def _is_module_list(program: Program, ref: NodeRef) -> bool:
    node = program.units.node(ref)
    module_level = program.units.scope(program.units.owner(ref)).kind == "module"
    return module_level and isinstance(node, facts.Collection)
