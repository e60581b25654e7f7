"""Which instance a task is added to: what the task itself adds to that one runs, too."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.things import NodeRef


def added_to(workspace: Workspace, call: NodeRef) -> str:
    """Return the expression of the instance in `instance.add_task(…)`.

    Raises Refused for a `BackgroundTask(…)`, and where the instance has no name.
    """
    tree = workspace.syntax.known(call.path)
    function = tree.call(workspace.program.span(call)).func
    is_method = isinstance(function, ast.Attribute) and function.attr == "add_task"
    if is_method and isinstance(function, ast.Attribute) and _is_name(function.value):
        return ast.unparse(function.value)
    where = workspace.where(call)
    raise Refused(f"the task in {where} is not added to an instance that has a name")


def _is_name(node: ast.expr) -> bool:
    """Return whether an expression is a variable, or an attribute of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
