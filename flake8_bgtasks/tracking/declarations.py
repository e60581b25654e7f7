"""The parameters that FastAPI fills, as they are declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.annotations import OTHER, Annotations, Shape
from flake8_bgtasks.tracking.markers import Marker, marker_of
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef
from flake8_bgtasks.tracking.wrappers import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program

_MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel"})


class Declaration(NamedTuple):
    """A parameter of a function that FastAPI surely calls, or a field of a class that it makes."""

    scope: ScopeRef
    parameter: facts.SignatureParameter
    shape: Shape
    marker: Marker

    @property
    def annotation(self) -> NodeRef | None:
        node = self.parameter.annotation
        return None if node is None else NodeRef(self.scope.path, self.scope.unit, node)

    @property
    def default(self) -> NodeRef | None:
        node = self.parameter.default
        return None if node is None else NodeRef(self.scope.path, self.scope.unit, node)

    @property
    def is_plain(self) -> bool:
        """Whether it is annotated with `BackgroundTasks` or a subclass, and nothing else."""
        return self.shape.form == "plain" and self.shape.what == "tasks"

    @property
    def is_injectable(self) -> bool:
        """Whether FastAPI takes it for the request's tasks."""
        return (
            self.is_plain
            and self.marker.kind == "none"
            and self.parameter.kind in ("normal", "keyword_only")
        )


def declarations(program: Program) -> tuple[Declaration, ...]:
    """Return every parameter and field that FastAPI looks at; silent where that isn't sure."""
    return program.once(_declarations)


def _declarations(program: Program) -> tuple[Declaration, ...]:
    return tuple(_found(program))


def _found(program: Program) -> Iterator[Declaration]:
    for ref in sorted(program.roles.injected):
        if _is_seen(program, ref) and not _is_made_by_test(program, ref):
            yield from _parameters(program, ref)
    for ref in sorted(program.roles.classes):
        if _is_filled_by_fields(program, ref):
            yield from _fields(program, ref)


def _is_seen(program: Program, ref: ScopeRef) -> bool:
    kinds = ("route", "websocket", "dependency")
    if program.units.scope(ref).kind != "function":
        return False
    return any(is_seen(program, ref, r) for r in program.roles.of(ref) if r.kind in kinds)


def _is_made_by_test(program: Program, ref: ScopeRef) -> bool:
    """Return whether a test makes the function, as it does to see how FastAPI refuses it."""
    kinds = {program.units.scope(above).kind for above in program.units.above(ref)}
    return "function" in kinds and program.is_test(ref.path)


def _parameters(program: Program, ref: ScopeRef) -> Iterator[Declaration]:
    parameters = program.units.scope(ref).parameters
    bound = program.evaluator.classes.receiver(ref) is not None
    for parameter in parameters[1:] if bound else parameters:
        if not _is_prebound(program, ref, parameter.name):
            yield declaration(program, ref, parameter)


def _is_prebound(program: Program, ref: ScopeRef, name: str) -> bool:
    """Return whether a `partial` may fill the parameter, so that FastAPI doesn't see it."""
    return any(
        site.how == "partial"
        and (not site.is_exact or program.binder.argument_for(site, name) is not None)
        for site in program.sites_of.get(ref, ())
    )


def _is_filled_by_fields(program: Program, ref: ScopeRef) -> bool:
    """Return whether FastAPI makes objects of a dataclass or pydantic model."""
    classes = program.evaluator.classes
    if all(role.kind != "dependency" for role in program.roles.classes[ref]):
        return False
    if "__init__" in program.units.scope(ref).bindings:
        return False
    model = any(known.is_external(base, _MODELS) for base in classes.order(ref))
    return model or bool(classes.decorator_names(ref) & known.DATACLASSES)


def _fields(program: Program, ref: ScopeRef) -> Iterator[Declaration]:
    for parameter in program.evaluator.classes.signature(ref):
        yield declaration(program, ref, parameter)


def declaration(
    program: Program, ref: ScopeRef, parameter: facts.SignatureParameter
) -> Declaration:
    """Read how one parameter is declared."""
    unread = Declaration(ref, parameter, OTHER, Marker("none"))
    shape = OTHER
    if unread.annotation is not None:
        shape = Annotations(program).shape(unread.annotation)
    return Declaration(ref, parameter, shape, marker_of(program, unread.annotation, unread.default))
