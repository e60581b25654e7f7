"""BGT105: let FastAPI run the injected tasks, once."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, Plan, RemoveArgument, RemoveStatement
from flake8_bgtasks.fixes.plans.carried import function_around
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.syntax import names_of
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding, Span
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def plan(supply: Supply, finding: Finding) -> Plan:
    """Remove the `await`: the tasks run after the response then, so it is unsafe."""
    check_file(supply.workspace, finding.path)
    tree = supply.workspace.syntax.known(finding.path)
    edits = frozenset(_edits(supply.program, tree, finding))
    for function in _around(supply, finding):
        _check_calls(supply, function)
    return Plan("unsafe", "let FastAPI run the tasks after the response", edits)


def _edits(program: Program, tree: Tree, finding: Finding) -> Iterator[Edit]:
    path = finding.path
    node = next(n for n in tree.at[finding.span] if isinstance(n, (ast.Await, ast.Call)))
    if isinstance(node, ast.Call):
        yield _not_gathered(program, tree, path, node)
        return
    if not isinstance(tree.parents[node], ast.Expr):
        raise Refused("more than the tasks is awaited there")
    yield RemoveStatement(Place(path, finding.span))
    if isinstance(node.value, ast.Name):
        yield RemoveStatement(Place(path, tree.span(_made(tree, node.value))))


def _not_gathered(program: Program, tree: Tree, path: str, call: ast.Call) -> Edit:
    """`await gather(f(), tasks())` becomes `await gather(f())`."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    runs = [n for n, value in enumerate(call.args) if _runs_tasks(program, path, tree.span(value))]
    if name != "gather" or len(runs) != 1 or len(call.args) == 1:
        raise Refused("more than the tasks is awaited there")
    if not isinstance(tree.parents[tree.parents[call]], ast.Expr):
        raise Refused("something is done with what the tasks return")
    return RemoveArgument(Place(path, tree.span(call)), runs[0])


def _runs_tasks(program: Program, path: str, span: Span) -> bool:
    """Return whether an expression is `tasks()`."""
    return any(
        program.is_tasks(program.value(ref._replace(node=call.function)))
        for ref, call in program.calls
        if ref.path == path and program.span(ref) == span
    )


def _made(tree: Tree, name: ast.Name) -> ast.AST:
    """Return the statement `name = tasks()`, where nothing else has to do with the variable."""
    names = names_of(function_around(tree, name), name.id)
    statement = tree.parents[names[0]]
    value = getattr(statement, "value", None)
    if len(names) != 2 or value is None or assigned_name(statement, value) != name.id:
        raise Refused(f"{name.id!r} is used for more than that")
    return statement


def _around(supply: Supply, finding: Finding) -> list[ScopeRef]:
    return [
        ref
        for ref, scope in supply.program.scopes
        if ref.path == finding.path
        and scope.kind == "function"
        and scope.span.contains(finding.span)
    ]


def _check_calls(supply: Supply, function: ScopeRef) -> None:
    """Refuse where a call hands the function an instance that nobody else runs."""
    for parameter in supply.program.instances.parameters(function):
        _check_passed(supply, parameter, set())


def _check_passed(supply: Supply, parameter: TasksParameter, seen: set[ScopeRef]) -> None:
    program, function = supply.program, parameter.scope
    if function in seen:
        return
    seen.add(function)
    for site in program.sites_of.get(function, ()):
        argument = program.binder.argument_for(site, parameter.name)
        if argument is None or program.is_test(site.call.path):
            continue
        given = _parameter(program, argument.value)
        if given is not None:
            _check_passed(supply, given, seen)
        elif not program.instances.injected_parameters(argument.value):
            where = supply.workspace.where(site.call)
            raise Refused(f"{where} may pass an instance that only the 'await' runs")


def _parameter(program: Program, ref: NodeRef) -> TasksParameter | None:
    """Return the parameter that a value is."""
    node = program.units.node(ref)
    owner = program.units.owner(ref)
    found = program.instances.parameters(owner) if isinstance(node, facts.Parameter) else ()
    return next((p for p in found if p.name == getattr(node, "name", "")), None)
