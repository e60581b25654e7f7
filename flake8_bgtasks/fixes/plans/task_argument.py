"""BGT204: pass the instance to a task that needs one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Plan
from flake8_bgtasks.fixes.plans.common import call_at
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.passing import passed, slot_of

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.things import NodeRef

_TITLE = "pass the BackgroundTasks to the task"


def plan(supply: Supply, finding: Finding) -> Plan:
    """Pass the instance that the task is added to: what a running task adds to it runs, too."""
    workspace = supply.workspace
    program = supply.program
    call = call_at(program, finding)
    value = (_instance(workspace, call),)
    edits: set[Edit] = set()
    for site in program.binder.sites(call)[0]:
        missing = [
            p
            for p in program.instances.parameters(site.function)
            if program.binder.argument_for(site, p.name) is None
        ]
        signature = program.evaluator.classes.signature(site.function)
        edits.update(
            passed(workspace, site, slot_of(p.name, signature), value) for p in missing[:1]
        )
    if len(edits) != 1:
        raise Refused("the functions that may be the task take the instance differently")
    return Plan("safe", _TITLE, frozenset(edits))


def _instance(workspace: Workspace, call: NodeRef) -> str:
    """Return the expression of the instance in `instance.add_task(…)`."""
    tree = workspace.syntax.known(call.path)
    function = tree.call(workspace.program.span(call)).func
    if isinstance(function, ast.Attribute) and _is_name(function.value):
        return ast.unparse(function.value)
    raise Refused("the task is not added to an instance that has a name")


def _is_name(node: ast.expr) -> bool:
    """Return whether an expression is a variable, or an attribute of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
