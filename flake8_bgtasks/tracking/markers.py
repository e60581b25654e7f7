"""What FastAPI is told about a parameter besides its type: `Depends(…)`, `Body(…)`, …"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import External, Instance, NodeRef, ScopeRef, Thing

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.program import Program

Kind = Literal["depends", "field", "none", "unknown"]

_FIELDS = frozenset(
    f"{module}.{name}"
    for module in ("fastapi", "fastapi.params", "fastapi.param_functions")
    for name in ("Body", "Query", "Path", "Header", "Cookie", "Form", "File")
)
_PYDANTIC_FIELDS = frozenset({"pydantic.Field", "pydantic.fields.Field"})


class Marker(NamedTuple):
    """`provider` is what `Depends` is called with: None for `Depends()` and where it isn't known.

    `on_type`: a `Depends()` without provider, which calls the annotation.
    """

    kind: Kind
    provider: NodeRef | None = None
    on_type: bool = False


NO_MARKER = Marker("none")
UNKNOWN_MARKER = Marker("unknown")


def marker_of(program: Program, annotation: NodeRef | None, default: NodeRef | None) -> Marker:
    """Return the marker of a parameter: its default, else the last one in its annotation."""
    if default is not None:
        marker = _default_marker(program, default)
        if marker.kind != "none":
            return marker
    found = NO_MARKER
    for ref in program.evaluator.metadata(annotation) if annotation is not None else ():
        marker = _metadata_marker(program, ref)
        if marker.kind == "unknown":
            return marker
        found = found if marker.kind == "none" else marker
    return found


def is_filled_by_fastapi(
    program: Program, scope: ScopeRef, parameter: facts.SignatureParameter
) -> bool:
    """Return whether a parameter is declared so that FastAPI fills it: `Depends(…)`, `Query(…)`."""
    default, annotation = (
        None if node is None else NodeRef(scope.path, scope.unit, node)
        for node in (parameter.default, parameter.annotation)
    )
    return marker_of(program, annotation, default).kind in ("depends", "field")


def is_marked_default(
    program: Program, scope: ScopeRef, parameter: facts.SignatureParameter
) -> bool:
    """Return whether a parameter's default is an object that only FastAPI replaces by a value."""
    if parameter.default is None:
        return False
    default = NodeRef(scope.path, scope.unit, parameter.default)
    sources = program.evaluator.deeply(lambda: program.evaluator.sources(default))
    kinds = {_marker(program, source, _FIELDS).kind for source in sources or (default,)}
    return kinds <= {"depends", "field"}


def _default_marker(program: Program, ref: NodeRef) -> Marker:
    sources = program.evaluator.sources(ref) or (ref,)
    markers = {_marker(program, source, _FIELDS | _PYDANTIC_FIELDS) for source in sources}
    if len(markers) != 1:
        return UNKNOWN_MARKER
    marker = markers.pop()
    if marker.kind == "unknown" and _is_tasks_or_class(program, ref):
        return NO_MARKER
    return marker


def _is_tasks_or_class(program: Program, ref: NodeRef) -> bool:
    things = program.value(ref)
    return program.is_tasks(things) or all(program.is_tasks_class(thing) for thing in things)


def _metadata_marker(program: Program, ref: NodeRef) -> Marker:
    """Return what a part of `Annotated` says; an object of a library says nothing to FastAPI."""
    marker = _marker(program, ref, _FIELDS)
    if marker.kind == "unknown":
        things = program.value(ref)
        if all(isinstance(t, Instance) and isinstance(t.cls, External) for t in things):
            return NO_MARKER
    return marker


def _marker(program: Program, ref: NodeRef, fields: frozenset[str]) -> Marker:
    node = program.units.node(ref)
    if isinstance(node, (facts.Constant, facts.Collection, facts.Tested)):
        return NO_MARKER
    if isinstance(node, facts.Call) and program.is_depends_call(ref, node):
        return _depends(ref, node)
    things = program.value(ref)
    if all(_is_object_of(thing, known.DEPENDS) for thing in things):
        return Marker("depends")
    if all(_is_object_of(thing, fields) for thing in things):
        return Marker("field")
    return UNKNOWN_MARKER


def _depends(ref: NodeRef, call: facts.Call) -> Marker:
    for argument in call.arguments:
        if argument.star:
            return Marker("depends")
    for argument in call.arguments:
        if argument.keyword in (None, "dependency"):
            return Marker("depends", ref._replace(node=argument.value))
    return Marker("depends", on_type=True)


def _is_object_of(thing: Thing, names: frozenset[str]) -> bool:
    return isinstance(thing, Instance) and known.is_external(thing.cls, names)
