"""BGT101, BGT202: an instance of a class of the project's own becomes a task of the request's.

FastAPI injects its own class only; but one instance can run another one with all its tasks.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import InsertBefore, InsertBehind, Place, ReplaceArgument, Source
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS, names_bound, names_read
from flake8_bgtasks.fixes.supply.timing import check_behind_yield
from flake8_bgtasks.tracking.things import Class, Instance
from flake8_bgtasks.tracking.versions import RUNS_OBJECTS

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_NOT_INJECTED = "an instance of its own kind is made here, which FastAPI does not inject"


def run_as_task(thread: Thread, birth: NodeRef) -> frozenset[Edit]:
    """Return the edits that add the instance in a variable to the request's, where it is made."""
    _check_kind(thread.program, birth)
    tree = thread.workspace.syntax.known(birth.path)
    call = tree.call(thread.program.span(birth))
    statement = tree.parents[call]
    variable = assigned_name(statement, call)
    if variable is None:
        raise Refused(_NOT_INJECTED)
    place = Place(birth.path, tree.span(statement))
    added = InsertBehind(place, _added(thread, birth, variable))
    return frozenset({*thread.edits, added})


def handed_as_task(
    thread: Thread, birth: NodeRef, call: NodeRef, index: int, variable: str
) -> frozenset[Edit]:
    """Return the edits that keep an argument in a variable, and add it before the call."""
    _check_kind(thread.program, birth)
    tree = thread.workspace.syntax.known(call.path)
    handed = tree.call(thread.program.span(call))
    holder = tree.parents[handed]
    statement = tree.parents[holder] if isinstance(holder, ast.Await) else holder
    function = next((f for f in tree.around(statement) if isinstance(f, FUNCTIONS)), None)
    taken = names_bound(function) | names_read(function) if function is not None else {variable}
    if not isinstance(statement, (ast.Expr, ast.Assign, ast.Return)) or variable in taken:
        raise Refused(_NOT_INJECTED)
    place = Place(birth.path, thread.program.span(birth))
    text: Text = (f"{variable} = ", Source(place), "\n", *_added(thread, birth, variable))
    before = InsertBefore(Place(call.path, tree.span(statement)), text)
    replaced = ReplaceArgument(Place(call.path, tree.span(handed)), index, (variable,))
    return frozenset({*thread.edits, before, replaced})


def _added(thread: Thread, birth: NodeRef, variable: str) -> Text:
    program = thread.program
    thread.is_unsafe = True
    owner = program.units.owner(birth)
    for scope in (owner, *program.units.above(owner)):
        check_behind_yield(thread.workspace, scope, birth)
    return (f"{thread.at(birth)}.add_task({variable})",)


def _check_kind(program: Program, birth: NodeRef) -> None:
    """Refuse a class that runs its tasks in its own way, and releases that run no objects."""
    if program.settings.fastapi_version not in RUNS_OBJECTS:
        raise Refused(_NOT_INJECTED)
    for thing in program.value(birth):
        cls = thing.cls if isinstance(thing, Instance) else thing
        order = program.evaluator.classes.order(cls.ref) if isinstance(cls, Class) else ()
        for base in order:
            if isinstance(base, Class) and "__call__" in program.units.scope(base.ref).bindings:
                raise Refused(_NOT_INJECTED)
