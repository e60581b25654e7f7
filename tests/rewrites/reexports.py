"""Names that take one more step, through a package in between."""

from __future__ import annotations

import ast
from posixpath import dirname, join
from typing import TypeGuard

from tests.rewrites.project import Project, Rewritten, is_of_framework, replace


def reexport_own_names(project: Project) -> Rewritten | None:
    """Take what a module imports from its own project through a package."""
    return _reexport(project, own=True)


def reexport_framework_names(project: Project) -> Rewritten | None:
    """Take what a module imports from FastAPI and Starlette through a package."""
    return _reexport(project, own=False)


def _reexport(project: Project, *, own: bool) -> Rewritten | None:
    result = Rewritten()
    for path, tree in project.modules():
        imports = [node for node in tree.body if _may_move(node, project, path)]
        chosen = [node for node in imports if _is_own(project, path, node) == own]
        if chosen and not path.endswith("__init__.py"):
            name = path.rpartition("/")[2].removesuffix(".py") + "_names"
            between = project.sibling(path, name)
            edits = [(node, f"from {between} import {_bound(node)}") for node in chosen]
            result.files[path] = replace(project.files[path], edits)
            package = join(dirname(path), name, "__init__.py")
            result.files[package] = "".join(f"{_one_deeper(node)}\n" for node in chosen)
    return result if result.files else None


def _may_move(node: ast.stmt, project: Project, path: str) -> TypeGuard[ast.ImportFrom]:
    if not isinstance(node, ast.ImportFrom) or project.is_marked(path, node):
        return False
    is_known = is_of_framework(node) or _is_own(project, path, node)
    return is_known and node.names[0].name != "*"


def _is_own(project: Project, path: str, node: ast.ImportFrom) -> bool:
    if node.level:
        return True
    first = (node.module or "").partition(".")[0]
    stems = [join(folder, first) for folder in {dirname(path), project.root}]
    return any(p == f"{s}.py" or p.startswith(f"{s}/") for s in stems for p in project.files)


def _bound(node: ast.ImportFrom) -> str:
    return ", ".join(alias.asname or alias.name for alias in node.names)


def _one_deeper(node: ast.ImportFrom) -> str:
    level = node.level + 1 if node.level else 0
    return ast.unparse(ast.ImportFrom(node.module, node.names, level))
