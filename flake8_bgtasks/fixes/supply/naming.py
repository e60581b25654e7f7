"""What a new parameter is called: the same, whichever finding needs it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.syntax import names_bound, names_read
from flake8_bgtasks.fixes.supply.tables import made_by
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

_NAMES = ("background_tasks", "bg_tasks", "request_tasks")


def new_name(
    workspace: Workspace, functions: Iterable[ScopeRef], gone: Collection[str] = ()
) -> str:
    """Return a name that is free in all of the functions: of the variable it replaces, if any.

    `gone` are names that the fix takes away.
    """
    members = sorted(functions)
    own = {name for member in members for name in own_variable(workspace, member)}
    taken = {name for member in members for name in _taken(workspace, member)}
    for name in (*sorted(own)[:1], *(n for n in _NAMES if n not in taken or n in gone)):
        return name
    raise Refused(f"{workspace.name(members[0])} uses all names for a new parameter")


def _taken(workspace: Workspace, function: ScopeRef) -> set[str]:
    tree = workspace.syntax.known(function.path)
    node = tree.function(workspace.program.units.scope(function).span)
    return names_bound(node) | names_read(node)


def own_variable(workspace: Workspace, function: ScopeRef) -> Iterator[str]:
    """Yield the variable that a function keeps its own, lost instance in, and nothing else."""
    program = workspace.program
    scope = program.units.scope(function)
    births = {birth for birth in _made_in(program, function) if is_plainly_made(program, birth)}
    found = [
        name
        for name, nodes in scope.bindings.items()
        if all(origin(workspace, NodeRef(function.path, function.unit, n)) in births for n in nodes)
    ]
    kept = [name for name in found if all(_is_plain(workspace, b, name) for b in births)]
    if len(kept) == 1 and all(program.fates.of(birth).is_lost for birth in births):
        yield kept[0]


def _made_in(program: Program, function: ScopeRef) -> Iterator[NodeRef]:
    """Yield the instances that a function makes, though not in a lambda."""
    for made in program.once(made_by).get(function, ()):
        if made in program.instances.births and program.units.owner(made) == function:
            yield made


def origin(workspace: Workspace, ref: NodeRef) -> NodeRef:
    """Return the value of a declared variable (`x: T = value`)."""
    node = workspace.program.units.node(ref)
    return ref._replace(node=node.base) if isinstance(node, facts.Declared) else ref


def _is_plain(workspace: Workspace, birth: NodeRef, name: str) -> bool:
    """Return whether an instance is made in `name = …` or `(name := …).add_task`."""
    tree = workspace.syntax.known(birth.path)
    call = tree.call(workspace.program.span(birth))
    parent = tree.parents[call]
    if isinstance(parent, ast.NamedExpr):
        return parent.target.id == name and isinstance(tree.parents[parent], ast.Attribute)
    return assigned_name(parent, call) == name


def assigned_name(statement: ast.AST, value: ast.AST) -> str | None:
    """Return the variable of a statement that does nothing but assign `value` to it."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    return target.id if isinstance(target, ast.Name) and statement.value is value else None
