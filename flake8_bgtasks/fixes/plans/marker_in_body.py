"""BGT203: `Depends(helper)` in a body, where it is only a marker."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    PassArgument,
    Place,
    Plan,
    RemoveStatement,
    ReplaceExpression,
    Source,
)
from flake8_bgtasks.fixes.plans.asked import asks_the_client
from flake8_bgtasks.fixes.plans.common import plan_of
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.dependency_parameter import dependency_parameter
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.places import check_injected
from flake8_bgtasks.fixes.supply.sameness import is_docstring
from flake8_bgtasks.fixes.supply.syntax import names_of
from flake8_bgtasks.fixes.supply.tables import calls_at
from flake8_bgtasks.tracking.things import Function, NodeRef

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

_TITLE = "let FastAPI call the helper"


def from_body(supply: Supply, finding: Finding, node: ast.Call) -> Plan:
    """Move the marker to where FastAPI reads it; where that can't be, call the helper."""
    program, path = supply.program, finding.path
    call = program.once(calls_at)[path, finding.span][0]
    function = program.units.owner(call)
    tree = supply.workspace.syntax.known(path)
    statement = tree.statement(node)
    body = getattr(tree.function(program.units.scope(function).span), "body", [])
    if not program.roles.is_injected(function) or statement not in body:
        return plan_of(supply, "call the helper", lambda thread: _called(thread, call, node))
    check_injected(supply.workspace, function)
    if isinstance(statement, ast.Expr):
        edit = _in_decorator(supply, function, node)
    else:
        edit = _as_parameter(supply, function, call, node)
    edits = frozenset({edit, RemoveStatement(Place(path, tree.span(statement)))})
    first = statement is next(s for s in body if not is_docstring(s))
    asks = asks_the_client(program, path, tree, node.args[0])
    return Plan("safe" if first and not asks else "unsafe", _TITLE, edits)


def _in_decorator(supply: Supply, function: ScopeRef, node: ast.Call) -> Edit:
    """Return the edit for `dependencies=[Depends(helper)]` in the only decorator of a route."""
    program, path = supply.program, function.path
    tree, scope = supply.workspace.syntax.known(path), program.units.scope(function)
    routes = [r.where for r in program.roles.of(function) if r.kind == "route"]
    nodes = [NodeRef(path, function.unit, number) for number in scope.decorators]
    if len(routes) != 1 or routes[0] not in nodes or routes[0] is None:
        raise Refused("the function is not registered as a route by one decorator")
    decorator = tree.call(program.span(routes[0]))
    if any(keyword.arg in ("dependencies", None) for keyword in decorator.keywords):
        raise Refused("the route has dependencies already: add it to them")
    text: Text = ("[", Source(Place(path, tree.span(node))), "]")
    return PassArgument(Place(path, tree.span(decorator)), text, keyword="dependencies")


def _as_parameter(supply: Supply, function: ScopeRef, call: NodeRef, node: ast.Call) -> Edit:
    """Return the edit for the parameter in the place of `name = Depends(helper)`."""
    tree = supply.workspace.syntax.known(function.path)
    statement = tree.parents[node]
    name = assigned_name(statement, node)
    around = tree.function(supply.program.units.scope(function).span)
    if name is None or any(
        n for n in names_of(around, name) if _is_set(n, statement, tree.parents)
    ):
        raise Refused("what is to be done with the result of the helper isn't known")
    if supply.search(lambda thread: thread.calls(function)):
        raise Refused("the function is called from elsewhere, too")
    helper = _helper(supply.program, call)
    declared = dependency_parameter(supply.workspace, function, helper, node.args[0], name)
    if declared is None:
        raise Refused("the helper does not say what it returns")
    return declared[0]


def _is_set(name: ast.Name, statement: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    return not isinstance(name.ctx, ast.Load) and parents[name] is not statement


def _helper(program: Program, call: NodeRef) -> ScopeRef:
    """Return the function in `Depends(function)`."""
    things = program.value(program.binder.arguments(call)[0].value)
    functions = [thing.ref for thing in things if isinstance(thing, Function)]
    if len(functions) != 1 or len(things) != 1:
        raise Refused("it is not known which function the helper is")
    return functions[0]


def _called(thread: Thread, call: NodeRef, node: ast.Call) -> frozenset[Edit]:
    """Return the edits that call the helper where the marker stands."""
    program, tree = thread.program, thread.workspace.syntax.known(call.path)
    scope = program.units.scope(_helper(program, call))
    if len(scope.parameters) != 1 or scope.parameters[0].kind not in ("normal", "keyword_only"):
        raise Refused("it is not known what else the helper shall be called with")
    if scope.is_async or scope.is_generator:
        raise Refused("the helper can't simply be called here")
    keyword = f"{scope.parameters[0].name}=" if scope.parameters[0].kind == "keyword_only" else ""
    helper = Source(Place(call.path, tree.span(node.args[0])))
    text: Text = (helper, f"({keyword}{thread.at(call)})")
    return frozenset({*thread.edits, ReplaceExpression(Place(call.path, tree.span(node)), text)})
