"""What a function has at hand that is the request's instance: a parameter, an attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.declarations import declaration
from flake8_bgtasks.tracking.things import Class, Instance, NodeRef

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.things import ScopeRef


def held(workspace: Workspace, function: ScopeRef) -> str | None:
    """Return the expression for the instance that a function is handed; None where there is none.

    Raises Refused where it takes one that it may not get.
    """
    for parameter in workspace.program.instances.parameters(function):
        _check(workspace, parameter)
        return parameter.name
    return _attribute(workspace, function)


def _check(workspace: Workspace, parameter: TasksParameter) -> None:
    program, function = workspace.program, parameter.scope
    shown = f"the parameter {parameter.name!r} of {workspace.name(function)}"
    if program.roles.is_injected(function):
        declared = declaration(program, function, parameter.declared)
        if not declared.is_injectable and declared.marker.kind != "depends":
            raise Refused(f"{shown} is not injected as it is declared")
    elif parameter.declared.default is not None and not _always_passed(workspace, parameter):
        raise Refused(f"{shown} is optional, and not all calls pass it")
    if _is_rebound(workspace, parameter):
        raise Refused(f"{shown} is given another value")


def _always_passed(workspace: Workspace, parameter: TasksParameter) -> bool:
    program = workspace.program
    sites = program.sites_of.get(parameter.scope, ())
    return bool(sites) and not any(
        program.instances.leaves_out(site, parameter.name) for site in sites
    )


def _is_rebound(workspace: Workspace, parameter: TasksParameter) -> bool:
    """Return whether a parameter gets a value that is neither itself nor a lost instance."""
    program = workspace.program
    scope, ref = program.units.scope(parameter.scope), parameter.scope
    births = program.instances.births
    for number in scope.bindings.get(parameter.name, ()):
        node = NodeRef(ref.path, ref.unit, number)
        if node in births or isinstance(program.units.node(node), facts.Parameter):
            continue
        if not program.is_tasks(program.value(node)):
            return True
    return False


def _attribute(workspace: Workspace, method: ScopeRef) -> str | None:
    """Return `self.name` where the constructor keeps the instance that it takes in it."""
    program = workspace.program
    cls = program.evaluator.classes.class_of(method)
    if cls is None or program.evaluator.classes.receiver(method) != Instance(Class(cls)):
        return None
    if program.units.scope(method).name == "__init__":
        return None
    receiver = program.units.scope(method).parameters[0].name
    for name in program.instances.attributes(cls):
        if _is_kept_by_constructor(workspace, cls, name):
            return f"{receiver}.{name}"
    return None


def _is_kept_by_constructor(workspace: Workspace, cls: ScopeRef, name: str) -> bool:
    program = workspace.program
    stored = list(program.evaluator.classes.stored(cls, name))
    for ref in stored:
        owner = program.units.owner(ref)
        required = {
            p.name
            for p in program.instances.parameters(owner)
            if p.declared.default is None or program.roles.is_injected(owner)
        }
        node = program.units.node(ref)
        kept = isinstance(node, facts.Parameter) and node.name in required
        if not kept or program.units.scope(owner).name != "__init__":
            return False
        if any(
            _is_made_at_import(workspace, site.call) for site in program.sites_of.get(owner, ())
        ):
            return False
    return len(stored) == 1


def _is_made_at_import(workspace: Workspace, call: NodeRef) -> bool:
    program = workspace.program
    return not program.instances.is_in_function(call)
