"""A call of a helper that becomes a dependency, which FastAPI calls and injects into."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    PassArgument,
    Place,
    RemoveStatement,
    Source,
)
from flake8_bgtasks.fixes.supply.dependency_parameter import DEPENDS, dependency_parameter
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.sameness import is_same
from flake8_bgtasks.fixes.supply.syntax import names_bound
from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef


@dataclass(frozen=True)
class Candidate:
    """A statement at the top of a path operation that does nothing but call a helper.

    `variable`: what the result is assigned to, if anything; `decorator` registers the route.
    """

    site: Site
    route: ScopeRef
    tree: Tree
    call: ast.Call
    statement: ast.stmt
    function: ast.FunctionDef | ast.AsyncFunctionDef
    decorator: ast.Call
    variable: str | None


@dataclass(frozen=True)
class Conversion:
    """The edits that make a call a dependency; `safe` where nothing else changes."""

    edits: frozenset[Edit]
    safe: bool
    shown: str


def conversion(workspace: Workspace, site: Site, instances: Collection[str]) -> Conversion | None:
    """Return how a call becomes a dependency, None where it can't.

    `instances` are the parameters of the helper that take the instance, now or after the fix.
    """
    found = _candidate(workspace, site)
    if found is None or not _is_nameable(workspace.program, found):
        return None
    if not _fits(workspace.program, found, instances):
        return None
    if found.variable is None:
        return _unused(workspace, found, instances)
    return _used(workspace, found, instances)


def _candidate(workspace: Workspace, site: Site) -> Candidate | None:
    program = workspace.program
    route = program.units.owner(site.call)
    roles = program.roles.of(route)
    scope = program.units.scope(route)
    nodes = [NodeRef(route.path, route.unit, node) for node in scope.decorators]
    if site.how != "call" or not site.is_exact or len(roles) != 1 or roles[0].kind != "route":
        return None
    if roles[0].where not in nodes or roles[0].where is None:
        return None
    tree = workspace.syntax.known(route.path)
    call, function = tree.call(program.span(site.call)), tree.function(scope.span)
    value = tree.parents[call] if isinstance(tree.parents[call], ast.Await) else call
    statement = tree.parents[value]
    variable = assigned_name(statement, value)
    alone = isinstance(statement, ast.Expr) or variable is not None
    if not alone or isinstance(function, ast.Lambda) or statement not in function.body:
        return None
    assert isinstance(statement, ast.stmt)
    decorator = tree.call(program.span(roles[0].where))
    return Candidate(site, route, tree, call, statement, function, decorator, variable)


def _is_nameable(program: Program, found: Candidate) -> bool:
    """Return whether the helper's name means the same where the route is declared."""
    helper = found.site.function
    parent = program.units.parent(helper)
    scope = program.units.scope(helper)
    if parent is None or program.units.scope(parent).kind != "module" or scope.is_generator:
        return False
    if scope.kind != "function":
        return False
    root = found.call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or root.id in names_bound(found.function):
        return False
    at_top = isinstance(found.tree.parents[found.function], ast.Module)
    later = helper.path == found.route.path and scope.span.line > found.function.lineno
    return at_top and not later


def _fits(program: Program, found: Candidate, instances: Collection[str]) -> bool:
    """Return whether FastAPI can fill all parameters of the helper as the call does."""
    taken = {p.arg for p in [*found.function.args.args, *found.function.args.kwonlyargs]}
    for parameter in program.units.scope(found.site.function).parameters:
        if parameter.name in instances or parameter.default is not None:
            continue
        argument = program.binder.argument_for(found.site, parameter.name)
        value = argument and _expression(found, argument.value, program)
        same = isinstance(value, ast.Name) and value.id == parameter.name
        if parameter.kind.startswith("var_") or not same or parameter.name not in taken:
            return False
    return True


def _expression(found: Candidate, ref: NodeRef, program: Program) -> ast.expr | None:
    """Return the argument of the call that is a node."""
    node = program.units.node(found.site.call)
    arguments = [a.value for a in getattr(node, "arguments", ())]
    values = [*found.call.args, *(keyword.value for keyword in found.call.keywords)]
    return values[arguments.index(ref.node)] if ref.node in arguments else None


# The two ways to write it


def _helper(found: Candidate) -> Source:
    return Source(Place(found.route.path, found.tree.span(found.call.func)))


def _removed(found: Candidate) -> RemoveStatement:
    return RemoveStatement(Place(found.route.path, found.tree.span(found.statement)))


def _unused(
    workspace: Workspace, found: Candidate, instances: Collection[str]
) -> Conversion | None:
    """The result is not used: `dependencies=[Depends(helper)]` in the decorator."""
    if any(keyword.arg in ("dependencies", None) for keyword in found.decorator.keywords):
        return None
    text: Text = ("[", DEPENDS, "(", _helper(found), ")]")
    decorator = Place(found.route.path, found.tree.span(found.decorator))
    added = PassArgument(decorator, text, keyword="dependencies")
    shown = f"dependencies=[Depends({ast.unparse(found.call.func)})]"
    safe = is_same(workspace, found, instances)
    return Conversion(frozenset({added, _removed(found)}), safe, shown)


def _used(workspace: Workspace, found: Candidate, instances: Collection[str]) -> Conversion | None:
    """The result is used: a parameter of the route."""
    declared = found.variable and dependency_parameter(
        workspace, found.route, found.site.function, found.call.func, found.variable
    )
    if not declared:
        return None
    added, text = declared
    shown = f"{found.function.name}(…, {text})"
    safe = is_same(workspace, found, instances)
    return Conversion(frozenset({added, _removed(found)}), safe, shown)
