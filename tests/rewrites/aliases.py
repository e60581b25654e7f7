"""FastAPI's and Starlette's classes under other names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.rewrites.project import Project, Rewritten, is_of_framework, replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    Edits = list[tuple[ast.expr | ast.stmt | ast.alias, str]]

SHORT = {"BackgroundTasks": "BT", "BackgroundTask": "OneTask"}
CLASS = "BackgroundTasks"


def rename_classes(project: Project) -> Rewritten | None:
    """`from fastapi import BackgroundTasks as BT`."""
    if _is_passed_on(project):
        return None
    result = Rewritten()
    for path, tree in project.modules():
        taken = {alias.name for _, alias in _imported(tree) if alias.name in SHORT}
        if taken and not taken & _spelled_elsewhere(tree):
            edits: Edits = [(node, SHORT[node.id]) for node in _names(tree, taken)]
            edits += [
                (alias, f"{alias.name} as {SHORT[alias.name]}")
                for _, alias in _imported(tree)
                if alias.name in taken
            ]
            result.files[path] = replace(project.files[path], edits)
    return result if result.files else None


def import_whole_module(project: Project) -> Rewritten | None:
    """`import fastapi as fa`, then `fa.BackgroundTasks`."""
    if _is_passed_on(project):
        return None
    result = Rewritten()
    for path, tree in project.modules():
        imports = [
            node
            for node, alias in _imported(tree)
            if alias.name == CLASS and node.module == "fastapi"
        ]
        names = _names(tree, {CLASS})
        is_read_only = all(isinstance(name.ctx, ast.Load) for name in names)
        others = [node for node, alias in _imported(tree) if alias.name == CLASS]
        if imports == others != [] and is_read_only and CLASS not in _spelled_elsewhere(tree):
            edits: Edits = [(node, "fa.BackgroundTasks") for node in names]
            edits += [(node, _without(node)) for node in imports]
            result.files[path] = replace(project.files[path], edits)
    return result if result.files else None


def _without(node: ast.ImportFrom) -> str:
    rest = [ast.unparse(alias) for alias in node.names if alias.name != CLASS]
    return "import fastapi as fa" + (f"; from fastapi import {', '.join(rest)}" if rest else "")


def _imported(tree: ast.Module) -> Iterator[tuple[ast.ImportFrom, ast.alias]]:
    """Yield what is imported from FastAPI and Starlette under its own name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and is_of_framework(node):
            yield from ((node, alias) for alias in node.names if alias.asname is None)


def _names(tree: ast.Module, names: set[str]) -> list[ast.Name]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in names]


def _spelled_elsewhere(tree: ast.Module) -> set[str]:
    """Return the classes that stand in strings, such as annotations, or are defined once more."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {name for name in SHORT if name in node.value}
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.Global):
            found.update(node.names)
    return found


def _is_passed_on(project: Project) -> bool:
    """Tell whether a module takes one of the classes from another one."""
    return any(
        isinstance(node, ast.ImportFrom)
        and not is_of_framework(node)
        and any(alias.name in {*SHORT, "*"} for alias in node.names)
        for _, tree in project.modules()
        for node in ast.walk(tree)
    ) or any(
        isinstance(node, ast.Attribute) and node.attr in SHORT and _is_own(project, node)
        for _, tree in project.modules()
        for node in ast.walk(tree)
    )


def _is_own(project: Project, node: ast.Attribute) -> bool:
    """Tell whether an attribute is taken from what is called like a module of the project."""
    first = ast.unparse(node.value).partition(".")[0]
    return any(first in path.removesuffix(".py").split("/") for path in project.files)
