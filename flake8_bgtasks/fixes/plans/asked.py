"""What FastAPI would make of the parameters of a helper that becomes a dependency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.declarations import declaration
from flake8_bgtasks.tracking.things import Class, Function, Instance, Method

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.tracking import facts
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef, Thing


def asks_the_client(program: Program, path: str, tree: Tree, helper: ast.expr) -> bool:
    """Return whether the helper has parameters that FastAPI would take from the request."""
    span = tree.span(helper)
    for ref, _ in program.nodes:
        if ref.path == path and program.span(ref) == span:
            for function in _functions(program, program.value(ref)):
                taken = {p.name for p in program.instances.parameters(function)}
                first = program.evaluator.classes.receiver(function) is not None
                others = program.units.scope(function).parameters[first:]
                if any(
                    p.name not in taken and not _is_injected(program, function, p) for p in others
                ):
                    return True
    return False


def _is_injected(program: Program, function: ScopeRef, parameter: facts.SignatureParameter) -> bool:
    """Return whether a parameter is filled by another dependency."""
    declared = declaration(program, function, parameter)
    return declared.marker.kind == "depends"


def _functions(program: Program, things: Iterable[Thing]) -> Iterator[ScopeRef]:
    for thing in things:
        if isinstance(thing, Function):
            yield thing.ref
        elif isinstance(thing, Method):
            yield thing.function
        elif isinstance(thing, Class):
            made = program.evaluator.attribute(Instance(thing, exact=True), "__init__")
            yield from (m.function for m in made if isinstance(m, Method))
