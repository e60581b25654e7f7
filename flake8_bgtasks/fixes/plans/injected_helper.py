"""BGT203: write `Depends(helper)` where FastAPI reads it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    PassArgument,
    Place,
    Plan,
    RemoveStatement,
    ReplaceDefault,
    ReplaceExpression,
    Source,
    Symbol,
)
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file, check_injected
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS
from flake8_bgtasks.tracking.declarations import declaration
from flake8_bgtasks.tracking.things import Class, Function, Instance, Method, NodeRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.findings import Finding, Span
    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.tracking import facts
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef, Thing

_DEPENDS = Symbol("fastapi", "Depends")


def plan(supply: Supply, finding: Finding) -> Plan:
    """Hand the helper itself to `Depends`; unsafe where that makes it ask the client for more."""
    check_file(supply.workspace, finding.path)
    tree = supply.workspace.syntax.known(finding.path)
    node = next(n for n in tree.at[finding.span] if isinstance(n, (ast.expr, ast.arg)))
    if isinstance(node, ast.arg):
        helper, edits = _default(tree, finding.path, node)
    elif not isinstance(node, ast.Call):
        helper, place = node, Place(finding.path, finding.span)
        edits = [ReplaceExpression(place, _depends(Source(place)))]
    elif _is_depends(supply.program, finding):
        helper, edits = node.args[0], _from_body(supply, tree, finding.path, node)
    else:
        helper, edits = node.func, _uncalled(tree, finding.path, node)
    asks = _asks_the_client(supply.program, finding.path, tree, helper)
    return Plan("unsafe" if asks else "safe", "let FastAPI call the helper", frozenset(edits))


def _depends(helper: Source) -> Text:
    return (_DEPENDS, "(", helper, ")")


def _is_depends(program: Program, finding: Finding) -> bool:
    return any(
        program.is_depends_call(ref, call)
        for ref, call in program.calls
        if ref.path == finding.path and program.span(ref) == finding.span
    )


def _uncalled(tree: Tree, path: str, call: ast.Call) -> list[Edit]:
    """`Depends(helper())` becomes `Depends(helper)`."""
    if call.args or call.keywords:
        raise Refused("the helper is called with arguments")
    helper = Source(Place(path, tree.span(call.func)))
    return [ReplaceExpression(Place(path, tree.span(call)), (helper,))]


def _default(tree: Tree, path: str, node: ast.arg) -> tuple[ast.expr, list[Edit]]:
    """`parameter=helper` becomes `parameter=Depends(helper)`."""
    function = next(f for f in tree.around(node) if isinstance(f, FUNCTIONS))
    default = next(value for name, value in _defaults(function.args) if name is node)
    for inner in ast.walk(function):
        if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == node.arg:
            raise Refused(f"{path}:{inner.lineno} calls the parameter")
    text = _depends(Source(Place(path, tree.span(default))))
    return default, [ReplaceDefault(Place(path, tree.span(function)), node.arg, text)]


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    yield from zip(reversed(positional), reversed(arguments.defaults), strict=False)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield argument, default


def _from_body(supply: Supply, tree: Tree, path: str, call: ast.Call) -> list[Edit]:
    """A statement `Depends(helper)` becomes `dependencies=[Depends(helper)]` of the route."""
    statement = tree.parents[call]
    function = tree.parents.get(statement)
    if not isinstance(statement, ast.Expr) or not isinstance(function, FUNCTIONS):
        raise Refused("what is to be done with the result of the helper isn't known")
    decorator = _route(supply, path, tree.span(function))
    if any(keyword.arg in ("dependencies", None) for keyword in decorator.keywords):
        raise Refused("the route has dependencies already: add it to them")
    text: Text = ("[", Source(Place(path, tree.span(call))), "]")
    return [
        PassArgument(Place(path, tree.span(decorator)), text, keyword="dependencies"),
        RemoveStatement(Place(path, tree.span(statement))),
    ]


def _route(supply: Supply, path: str, span: Span) -> ast.Call:
    """Return the only decorator that makes a function a path operation."""
    program = supply.program
    for ref, scope in program.scopes:
        if ref.path == path and scope.span == span:
            check_injected(supply.workspace, ref)
            roles = [r for r in program.roles.of(ref) if r.kind == "route" and r.where is not None]
            nodes = [NodeRef(ref.path, ref.unit, node) for node in scope.decorators]
            if len(roles) == 1 and roles[0].where in nodes:
                tree = supply.workspace.syntax.known(path)
                return tree.call(program.span(roles[0].where))
    raise Refused("the function is not registered as a route by one decorator")


# What FastAPI would make of the helper's other parameters


def _asks_the_client(program: Program, path: str, tree: Tree, helper: ast.expr) -> bool:
    """Return whether the helper has parameters that FastAPI would take from the request."""
    span = tree.span(helper)
    for ref, _ in program.nodes:
        if ref.path == path and program.span(ref) == span:
            for function in _functions(program, program.value(ref)):
                taken = {p.name for p in program.instances.parameters(function)}
                first = program.evaluator.classes.receiver(function) is not None
                others = program.units.scope(function).parameters[first:]
                if any(
                    p.name not in taken and not _is_injected(program, function, p) for p in others
                ):
                    return True
    return False


def _is_injected(program: Program, function: ScopeRef, parameter: facts.SignatureParameter) -> bool:
    """Return whether a parameter is filled by another dependency."""
    declared = declaration(program, function, parameter)
    return declared.marker.kind == "depends"


def _functions(program: Program, things: Iterable[Thing]) -> Iterator[ScopeRef]:
    for thing in things:
        if isinstance(thing, Function):
            yield thing.ref
        elif isinstance(thing, Method):
            yield thing.function
        elif isinstance(thing, Class):
            made = program.evaluator.attribute(Instance(thing, exact=True), "__init__")
            yield from (m.function for m in made if isinstance(m, Method))
