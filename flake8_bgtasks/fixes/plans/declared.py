"""BGT303, BGT304, BGT305: declare a parameter so that FastAPI injects it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    AllowKeywords,
    Place,
    Plan,
    RenameParameter,
    ReplaceAnnotation,
    ReplaceImport,
    ReplaceStatement,
    place_of,
)
from flake8_bgtasks.fixes.plans.common import declaration_at
from flake8_bgtasks.fixes.plans.defaults import default_edits
from flake8_bgtasks.fixes.plans.second import merged
from flake8_bgtasks.fixes.plans.unwrapped import out_of_loop
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.spelled import TASKS, tasks_class
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Function, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.project.outline import Import
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program

_TITLE = "declare it as BackgroundTasks"
_STARS = {"var_positional": "*", "var_keyword": "**"}


def plan(supply: Supply, finding: Finding) -> Plan:
    """Annotate the parameter with `BackgroundTasks`, and drop its default where nobody needs it."""
    declared = declaration_at(supply.program, finding)
    check_file(supply.workspace, finding.path)
    return Plan("safe", _TITLE, frozenset(_edits(supply, declared)))


def _edits(supply: Supply, declared: Declaration) -> Iterator[Edit]:
    program = supply.program
    if program.units.scope(declared.scope).kind == "class":
        yield from _field(supply, declared)
        return
    if declared.is_injectable:
        yield from merged(supply, declared)
        return
    _check_provider(program, declared)
    yield from _looped(supply, declared)
    function = place_of(program, declared.scope)
    if not declared.is_plain or declared.marker.kind != "none" or declared.parameter.quoted:
        yield from _annotated(supply, declared)
    if declared.parameter.kind in _STARS:
        yield from _without_stars(program, declared)
    elif declared.parameter.kind == "positional_only":
        yield AllowKeywords(function)
    else:
        yield from default_edits(supply, declared)


def _annotated(supply: Supply, declared: Declaration) -> Iterator[Edit]:
    """Annotate with the class, or let the import bring it that the annotation takes it from."""
    program, path = supply.program, declared.scope.path
    item = _misnamed_import(supply, declared)
    if item is not None:
        yield ReplaceImport(Place(path, item.span), item.bound, TASKS)
    else:
        function = place_of(program, declared.scope)
        yield ReplaceAnnotation(function, declared.parameter.name, tasks_class(program, path))


def _misnamed_import(supply: Supply, declared: Declaration) -> Import | None:
    """Return the import of something else as `BackgroundTasks`, if only annotations use it."""
    path = declared.scope.path
    outline, tree = supply.program.files.outline(path), supply.workspace.syntax.known(path)
    bound = outline.bindings.get(TASKS.name, ()) if outline else ()
    if len(bound) != 1 or isinstance(bound[0], int) or bound[0].name != "BackgroundTask":
        return None
    reads = [n for n in ast.walk(tree.body) if isinstance(n, ast.Name) and n.id == TASKS.name]
    return bound[0] if all(isinstance(tree.parents[n], ast.arg) for n in reads) else None


def _without_stars(program: Program, declared: Declaration) -> Iterator[Edit]:
    others = program.units.scope(declared.scope).parameters
    if any(other.default is not None for other in others):
        raise Refused("other parameters have defaults, so that it can't simply lose its stars")
    name = declared.parameter.name
    yield RenameParameter(place_of(program, declared.scope), name, name)


def _field(supply: Supply, declared: Declaration) -> Iterator[Edit]:
    """Declare the field of a dataclass or model: `name: BackgroundTasks`."""
    program, cls = supply.program, declared.scope
    fields = program.units.scope(cls).fields
    before = fields[: [f.name for f in fields].index(declared.parameter.name)]
    needed = any(field.default is not None for field in before) or _is_left_out(program, declared)
    default = " = None" if needed and declared.default is not None else ""
    statement = Place(cls.path, declared.parameter.span)
    annotation = tasks_class(program, cls.path)
    yield ReplaceStatement(statement, (f"{declared.parameter.name}: ", *annotation, default))


def _is_left_out(program: Program, declared: Declaration) -> bool:
    sites = program.sites_of.get(declared.scope, ())
    return any(program.binder.argument_for(s, declared.parameter.name) is None for s in sites)


def _check_provider(program: Program, declared: Declaration) -> None:
    """Refuse to drop a dependency that does more than hand on the injected instance."""
    provider = declared.marker.provider
    for thing in program.value(provider) if provider is not None else ():
        if isinstance(thing, Function) and not _only_hands_on(program, thing.ref):
            name = program.units.scope(thing.ref).qualname
            raise Refused(f"{name}() does more than hand on the injected instance")


def _only_hands_on(program: Program, provider: ScopeRef) -> bool:
    scope = program.units.scope(provider)
    return bool(scope.events) and all(
        isinstance(event, facts.Returned)
        and isinstance(
            program.units.node(NodeRef(provider.path, provider.unit, event.value)), facts.Parameter
        )
        for event in scope.events
    )


def _looped(supply: Supply, declared: Declaration) -> Iterator[Edit]:
    """Yield the edits for a function that uses the parameter as a collection of instances."""
    program = supply.program
    node = program.links.parameters.get((declared.scope, declared.parameter.name))
    if node is None:
        return
    users = program.units.using(node)
    kinds = (facts.Element, facts.Subscript, facts.Starred, facts.Opaque)
    if any(isinstance(program.units.node(user), kinds) for user in users):
        tree = supply.workspace.syntax.known(node.path)
        function = tree.function(program.units.scope(declared.scope).span)
        yield from out_of_loop(tree, node.path, function, declared.parameter.name)
