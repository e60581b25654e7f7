"""BGT105: let FastAPI run the injected tasks, once."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, Plan, RemoveStatement
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


def plan(supply: Supply, finding: Finding) -> Plan:
    """Remove the `await`: the tasks run after the response then, so it is unsafe."""
    check_file(supply.workspace, finding.path)
    tree = supply.workspace.syntax.known(finding.path)
    awaits = [node for node in tree.at[finding.span] if isinstance(node, ast.Await)]
    statement = tree.parents[awaits[0]] if awaits else None
    if not isinstance(statement, ast.Expr):
        raise Refused("more than the tasks is awaited there")
    for function in _around(supply, finding):
        _check_calls(supply, function)
    removed = RemoveStatement(Place(finding.path, tree.span(statement)))
    return Plan("unsafe", "let FastAPI run the tasks after the response", frozenset({removed}))


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
