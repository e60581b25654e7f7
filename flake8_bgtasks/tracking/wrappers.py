"""The functions that decorators put around others, and what FastAPI sees through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import Function, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.roles import Role


def decorators_below(program: Program, ref: ScopeRef, role: Role) -> tuple[NodeRef, ...] | None:
    """Return the decorators below the one that registers a function; None where none does."""
    nodes = [NodeRef(ref.path, ref.unit, node) for node in program.units.scope(ref).decorators]
    return tuple(nodes[nodes.index(role.where) + 1 :]) if role.where in nodes else None


def is_seen(program: Program, ref: ScopeRef, role: Role) -> bool:
    """Return whether FastAPI surely sees a function's own signature in a role."""
    below = decorators_below(program, ref, role)
    return below is None or all(_is_transparent(program, decorator) for decorator in below)


def _is_transparent(program: Program, ref: NodeRef) -> bool:
    if not program.evaluator.classes.decorator_keeps(ref):
        return False
    return all(
        has_wraps(program, wrapper) and is_only_returned(program, wrapper)
        for wrapper in wrappers_of(program, ref)
    )


def wrappers_of(program: Program, ref: NodeRef) -> tuple[ScopeRef, ...]:
    """Return the inner functions that a decorator of the project may return."""
    node = program.units.node(ref)
    function = ref._replace(node=node.function) if isinstance(node, facts.Call) else ref
    things = program.evaluator.deep_value(function)
    decorators = [thing.ref for thing in things if isinstance(thing, Function)]
    if isinstance(node, facts.Call):
        decorators = [f for ref in decorators for f in _inner_functions(program, ref)]
    return tuple(f for ref in decorators for f in _inner_functions(program, ref))


def _inner_functions(program: Program, ref: ScopeRef) -> Iterator[ScopeRef]:
    for event in program.units.scope(ref).events:
        if isinstance(event, facts.Returned):
            node = program.units.node(NodeRef(ref.path, ref.unit, event.value))
            if isinstance(node, facts.Definition):
                inner = ref._replace(scope=node.scope)
                if program.units.scope(inner).kind == "function":
                    yield inner


def has_wraps(program: Program, ref: ScopeRef) -> bool:
    """Return whether a wrapper says by `functools.wraps` what it wraps."""
    return bool(program.evaluator.classes.decorator_names(ref) & known.WRAPS)


def is_only_returned(program: Program, ref: ScopeRef) -> bool:
    """Return whether an inner function is only returned, and no `__signature__` is set on it."""
    around = program.units.parent(ref)
    for made, node in program.units.own(around) if around is not None else ():
        if node == facts.Definition(ref.scope):
            users = program.units.users(made)
            if users.nodes.get(made.node) or users.stores.get(made.node):
                return False
            events = users.events.get(made.node, ())
            if not all(isinstance(event, facts.Returned) for _, event in events):
                return False
    return True


def hidden_signatures(program: Program) -> Iterator[tuple[ScopeRef, ScopeRef, Role]]:
    """Yield functions whose signature FastAPI can't see, with the route and its role.

    A wrapper under `functools.wraps` (FastAPI sees the route's signature), or the route itself
    under a wrapper without it (FastAPI sees the wrapper's).
    """
    for ref in sorted(program.roles.injected):
        for role in program.roles.of(ref):
            below = decorators_below(program, ref, role) or ()
            hidden = _hidden(program, ref, below)
            if hidden is not None:
                yield hidden, ref, role


def _hidden(program: Program, ref: ScopeRef, below: tuple[NodeRef, ...]) -> ScopeRef | None:
    """Return what the outermost decorator that isn't transparent hides."""
    for decorator in below:
        if _is_transparent(program, decorator):
            continue
        wrappers = wrappers_of(program, decorator)
        if len(wrappers) != 1 or not is_only_returned(program, wrappers[0]):
            return None
        if has_wraps(program, wrappers[0]):
            return wrappers[0]
        kinds = {p.kind for p in program.units.scope(wrappers[0]).parameters}
        plain = not program.units.scope(wrappers[0]).decorators
        return ref if plain and kinds == {"var_positional", "var_keyword"} else None
    return None
