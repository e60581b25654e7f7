"""BGT102: take the request's instance in place of one that all requests share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    Place,
    Plan,
    RemoveImport,
    RemoveStatement,
    ReplaceExpression,
)
from flake8_bgtasks.fixes.plans.common import without_cache
from flake8_bgtasks.fixes.plans.default_instance import defaulted, passed_instead
from flake8_bgtasks.fixes.plans.own_instance import used_instead
from flake8_bgtasks.fixes.plans.prebound import prebinding, unbound
from flake8_bgtasks.fixes.plans.shared_attribute import attribute_of, replaced_everywhere
from flake8_bgtasks.fixes.plans.variables import bound_to, check_writes, reads_in_functions
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.mentions import Mentions
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.tables import calls_at
from flake8_bgtasks.fixes.supply.thread import Grown
from flake8_bgtasks.project.names import Defined
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.instances import is_cached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.things import NodeRef

_TITLE = "use the injected BackgroundTasks"
_NOT_A_VARIABLE = "only an instance in a variable of a module can be replaced everywhere"


def plan(supply: Supply, finding: Finding) -> Plan:
    """Give every function that reads the variable a parameter: tasks that never ran will run."""
    births = [
        ref
        for ref in supply.program.once(calls_at).get((finding.path, finding.span), ())
        if ref in supply.program.instances.births
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
    partial = prebinding(program, birth)
    if partial is not None:
        return unbound(thread, birth, partial)
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
    check_writes(thread, name)
    imports = list(_imports(thread, birth.path, name))
    thread.gone |= {name, *(edit.bound for edit in imports)}
    Mentions(workspace, program).check(frozenset(thread.gone), repr(name))
    removed = RemoveStatement(Place(birth.path, tree.span(statement)))
    bound = bound_to(program, birth, name)
    read = [
        e for b in bound for r in reads_in_functions(thread, b) for e in _read_instead(thread, r)
    ]
    return frozenset({*thread.edits, *read, *imports, removed})


def _handed_on(thread: Thread, birth: NodeRef) -> frozenset[Edit]:
    """Return the edits that have a cached factory hand on the request's instance instead."""
    program, factory = thread.program, thread.program.units.owner(birth)
    if not is_plainly_made(program, birth) or program.fates.of(birth).opened:
        raise Refused("the list of tasks is used by hand")
    thread.uncached.add(factory)
    name = thread.at(birth)
    used = used_instead(thread.workspace, birth, name)
    return frozenset({*thread.edits, *used, *without_cache(program, factory)})


def _read_instead(thread: Thread, read: NodeRef) -> Iterator[Edit]:
    """Yield the edit that reads the request's instance where the shared one is read."""
    program = thread.program
    check_file(thread.workspace, read.path)
    name = thread.at(read)
    if program.units.node(read) != facts.Free(name):
        yield ReplaceExpression(Place(read.path, program.span(read)), (name,))


def _imports(thread: Thread, home: str, name: str) -> Iterator[RemoveImport]:
    """Yield the edits that take the variable out of the imports of other files."""
    program = thread.program
    for path in thread.workspace.words.files_with({name}):
        outline = program.files.outline(path)
        for item in outline.imports if outline else ():
            targets = program.names.imported(path, item) if item.name == name else ()
            if any(isinstance(t, Defined) and t.path == home for t in targets):
                if outline is not None and item.bound in (outline.exported or ()):
                    raise Refused(f"{path}:{item.span.line} exports it")
                check_file(thread.workspace, path)
                yield RemoveImport(Place(path, item.span), item.bound)
