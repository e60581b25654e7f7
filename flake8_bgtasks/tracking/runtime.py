"""Which names of an annotation exist when the program runs, not only for the type checker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.facts import operands
from flake8_bgtasks.tracking.things import Module, NodeRef
from flake8_bgtasks.tracking.versions import RESOLVES_FUNCTIONS_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program


def is_missing(program: Program, declared: Declaration) -> bool:
    """Return whether FastAPI can't evaluate an annotation that says `BackgroundTasks`."""
    return missing_name(program, declared) is not None or is_out_of_sight(program, declared)


def is_out_of_sight(program: Program, declared: Declaration) -> bool:
    """Return whether the release looks for the names of an annotation in functions only."""
    if program.settings.fastapi_version not in RESOLVES_FUNCTIONS_ONLY:
        return False
    if not _says_tasks(declared) or not is_evaluated_later(program, declared):
        return False
    scope = program.units.scope(declared.scope)
    in_class = program.evaluator.classes.class_of(declared.scope) is not None
    return scope.kind == "class" or (in_class and scope.name in ("__init__", "__call__"))


def is_evaluated_later(program: Program, declared: Declaration) -> bool:
    """Return whether an annotation is evaluated in the module's globals: quoted or postponed."""
    outline = program.files.outline(declared.scope.path)
    return declared.parameter.quoted or (outline is not None and outline.postponed)


def missing_name(program: Program, declared: Declaration) -> str | None:
    """Return a name in a `BackgroundTasks` annotation that does not exist at run time."""
    if declared.annotation is None or not _says_tasks(declared):
        return None
    return _missing_in(program, declared.annotation, later=is_evaluated_later(program, declared))


def _says_tasks(declared: Declaration) -> bool:
    return declared.shape.what == "tasks" and declared.marker.kind not in ("depends", "unknown")


def _missing_in(program: Program, annotation: NodeRef, *, later: bool) -> str | None:
    for ref, local in _names(program, annotation):
        node = program.units.node(ref)
        if local is not None:
            if later and not _is_bound(program, ref.path, local):
                return local
        elif isinstance(node, facts.Free):
            if _is_for_checkers_only(program, ref.path, node.name):
                return node.name
        elif isinstance(node, facts.Attribute) and _is_missing_member(program, ref, node):
            return node.name
    return None


def _names(program: Program, ref: NodeRef) -> Iterator[tuple[NodeRef, str | None]]:
    """Yield the nodes of an annotation, with their name where they are local variables."""
    pending, seen = [ref], {ref}
    while pending:
        current = pending.pop()
        local = _local_name(program, current)
        yield current, local
        if local is None:
            below = operands(program.units.node(current))
            new = {current._replace(node=node) for node in below} - seen
            seen |= new
            pending.extend(sorted(new))


def _local_name(program: Program, ref: NodeRef) -> str | None:
    node = program.units.node(ref)
    if isinstance(node, facts.Free):
        return node.name if program.evaluator.bindings_of(ref, node.name) else None
    owner = program.units.scope(program.units.owner(ref))
    if owner.kind != "function":
        return None
    return next((name for name, nodes in owner.bindings.items() if ref.node in nodes), None)


def _is_bound(program: Program, path: str, name: str) -> bool:
    """Return whether a module binds a name when it runs; True where that isn't known."""
    outline = program.files.outline(path)
    if outline is None or outline.star_imports:
        return True
    bound = outline.bindings.get(name, ())
    return any(isinstance(item, int) or not item.type_checking for item in bound)


def _is_for_checkers_only(program: Program, path: str, name: str) -> bool:
    outline = program.files.outline(path)
    bound = outline is not None and bool(outline.bindings.get(name))
    return bound and not _is_bound(program, path, name)


def _is_missing_member(program: Program, ref: NodeRef, node: facts.Attribute) -> bool:
    modules = program.value(ref._replace(node=node.base))
    return bool(modules) and all(
        isinstance(thing, Module) and _is_for_checkers_only(program, thing.path, node.name)
        for thing in modules
    )
