"""A parameter that FastAPI fills with what a helper returns, in the style of its file."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import AddParameter, Place, Source, Symbol
from flake8_bgtasks.fixes.supply.passing import position_in

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Text
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.things import ScopeRef

DEPENDS = Symbol("fastapi", "Depends")
_ANNOTATED = Symbol("typing", "Annotated")
_TYPES = frozenset({"None", "bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple"})


def dependency_parameter(
    workspace: Workspace, function: ScopeRef, helper: ScopeRef, expression: ast.expr, name: str
) -> tuple[AddParameter, str] | None:
    """Return the edit that declares `name` as the dependency `expression`, and its text.

    None where `helper` does not say what it returns, or `name` is a parameter already.
    """
    tree = workspace.syntax.known(function.path)
    scope = workspace.program.units.scope(function)
    returns = _returned(workspace, helper)
    if returns is None or name in {parameter.name for parameter in scope.parameters}:
        return None
    depends: Text = (DEPENDS, "(", Source(Place(function.path, tree.span(expression))), ")")
    place = Place(function.path, scope.span)
    where, shown = position_in([scope.parameters]), ast.unparse(expression)
    if _uses_annotated(tree):
        annotation: Text = (_ANNOTATED, f"[{returns}, ", *depends, "]")
        added = AddParameter(place, name, annotation, where)
        return added, f"{name}: Annotated[{returns}, Depends({shown})]"
    added = AddParameter(place, name, (returns,), where, depends)
    return added, f"{name}: {returns} = Depends({shown})"


def _returned(workspace: Workspace, helper: ScopeRef) -> str | None:
    """Return what a helper is declared to return, if that means the same in every file."""
    tree = workspace.syntax.known(helper.path)
    node = tree.function(workspace.program.units.scope(helper).span)
    returns = None if isinstance(node, ast.Lambda) else node.returns
    if returns is None:
        return None
    names = {n.id for n in ast.walk(returns) if isinstance(n, ast.Name)}
    simple = not any(isinstance(n, ast.Attribute) for n in ast.walk(returns))
    quoted = any(isinstance(n, ast.Constant) and n.value is not None for n in ast.walk(returns))
    return ast.unparse(returns) if names <= _TYPES and simple and not quoted else None


def _uses_annotated(tree: Tree) -> bool:
    """Return whether a file declares dependencies with `Annotated`, or declares none so far."""
    defaults = [
        default
        for node in ast.walk(tree.body)
        if isinstance(node, ast.arguments)
        for default in (*node.defaults, *node.kw_defaults)
        if isinstance(default, ast.Call) and ast.unparse(default.func).endswith("Depends")
    ]
    named = any(isinstance(n, ast.Name) and n.id == "Annotated" for n in ast.walk(tree.body))
    return named or not defaults
