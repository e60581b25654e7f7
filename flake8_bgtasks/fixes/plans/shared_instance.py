"""BGT102: take the request's instance in place of one that all requests share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    RemoveDecorator,
    RemoveImport,
    RemoveStatement,
    ReplaceExpression,
    place_of,
)
from flake8_bgtasks.fixes.plans.common import is_plainly_made
from flake8_bgtasks.fixes.plans.default_instance import defaulted, passed_instead
from flake8_bgtasks.fixes.plans.own_instance import used_instead
from flake8_bgtasks.fixes.plans.shared_attribute import attribute_of, replaced_everywhere
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.mentions import Mentions
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.thread import Grown
from flake8_bgtasks.project.names import Defined
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.instances import is_cached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_TITLE = "use the injected BackgroundTasks"
_NOT_A_VARIABLE = "only an instance in a variable of a module can be replaced everywhere"


def plan(supply: Supply, finding: Finding) -> Plan:
    """Give every function that reads the variable a parameter: tasks that never ran will run."""
    births = [
        ref
        for ref in supply.program.instances.tasks
        if ref.path == finding.path and supply.program.span(ref) == finding.span
    ]
    if not births:
        raise Refused("it is for you to say what the object is to hold instead")
    return Plan("unsafe", _TITLE, supply.search(lambda thread: _edits(thread, births[0])))


def _edits(thread: Thread, birth: NodeRef) -> frozenset[Edit]:
    workspace, program = thread.workspace, thread.program
    tree = workspace.syntax.known(birth.path)
    call = tree.call(program.span(birth))
    statement = tree.parents[call]
    name = assigned_name(statement, call)
    default = defaulted(program, birth)
    if default is not None:
        return passed_instead(thread, birth, *default)
    if is_cached(program, program.units.owner(birth)):
        return _handed_on(thread, birth)
    attribute = attribute_of(tree, call)
    if attribute is not None:
        return replaced_everywhere(thread, birth, attribute)
    at_top = isinstance(tree.parents.get(statement), ast.Module)
    if name is None or not at_top or not is_plainly_made(program, birth):
        raise Refused(_NOT_A_VARIABLE)
    if workspace.know({name}):
        raise Grown
    if program.fates.of(birth).opened:
        raise Refused("the list of tasks is used by hand")
    _check_writes(thread, name)
    imports = list(_imports(thread, birth.path, name))
    thread.gone |= {name, *(edit.bound for edit in imports)}
    Mentions(workspace, program).check(frozenset(thread.gone), repr(name))
    removed = RemoveStatement(Place(birth.path, tree.span(statement)))
    read = [e for bound in _bound(program, birth, name) for e in _reads_instead(thread, bound)]
    return frozenset({*thread.edits, *read, *imports, removed})


def _handed_on(thread: Thread, birth: NodeRef) -> frozenset[Edit]:
    """Return the edits that have a cached factory hand on the request's instance instead."""
    program, factory = thread.program, thread.program.units.owner(birth)
    if not is_plainly_made(program, birth) or program.fates.of(birth).opened:
        raise Refused("the list of tasks is used by hand")
    thread.uncached.add(factory)
    name = thread.at(birth)
    edits = {*thread.edits, *used_instead(thread.workspace, birth, name)}
    for number in program.units.scope(factory).decorators:
        decorator = birth._replace(node=number)
        if _names(program, decorator) & known.CACHES:
            place = place_of(program, decorator)
            edits.add(RemoveDecorator(place_of(program, factory), place))
    return frozenset(edits)


def _names(program: Program, decorator: NodeRef) -> set[str]:
    """Return what a decorator is called, with or without arguments."""
    node = program.units.node(decorator)
    function = decorator._replace(node=node.function) if isinstance(node, facts.Call) else decorator
    return {getattr(thing, "name", "") for thing in program.value(function)}


def _bound(program: Program, birth: NodeRef, name: str) -> list[NodeRef]:
    """Return the nodes that the variable is bound to."""
    scope = program.units.get(birth.path, birth.unit).scopes[0]
    return [birth._replace(node=node) for node in scope.bindings.get(name, ())]


def _reads_instead(thread: Thread, bound: NodeRef) -> Iterator[Edit]:
    for read in thread.program.links.reads.get(bound, ()):
        if not isinstance(thread.program.units.node(read), facts.Imported):
            yield from _read_instead(thread, read)
        elif thread.program.instances.is_in_function(read):
            raise Refused(f"{thread.workspace.where(read)} imports it in a function")


def _read_instead(thread: Thread, read: NodeRef) -> Iterator[Edit]:
    """Yield the edit that reads the request's instance where the shared one is read."""
    program, where = thread.program, thread.workspace.where(read)
    if not program.instances.is_in_function(read):
        raise Refused(f"{where} uses it when the module is imported")
    check_file(thread.workspace, read.path)
    name = thread.at(read)
    if program.units.node(read) != facts.Free(name):
        yield ReplaceExpression(Place(read.path, program.span(read)), (name,))


def _check_writes(thread: Thread, name: str) -> None:
    """Refuse where another value is given to the variable, or to one of its name."""
    for ref, scope in thread.program.scopes:
        for event in scope.events:
            if isinstance(event, facts.StoredOutside) and event.name == name:
                raise Refused(f"{ref.path}:{event.span.line} gives {name!r} another value")


def _imports(thread: Thread, home: str, name: str) -> Iterator[RemoveImport]:
    """Yield the edits that take the variable out of the imports of other files."""
    program = thread.program
    for path in sorted(program.all_paths):
        if name.encode() not in thread.workspace.content(path):
            continue
        outline = program.files.outline(path)
        for item in outline.imports if outline else ():
            targets = program.names.imported(path, item) if item.name == name else ()
            if any(isinstance(t, Defined) and t.path == home for t in targets):
                if outline is not None and item.bound in (outline.exported or ()):
                    raise Refused(f"{path}:{item.span.line} exports it")
                check_file(thread.workspace, path)
                yield RemoveImport(Place(path, item.span), item.bound)
