"""The same modules in other folders."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeGuard

from tests.rewrites.project import Project, Rewritten, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.rewrites.project import Place

ONLY_FOR_TYPES = "\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    "


def into_src(project: Project) -> Rewritten | None:
    """Move all files below `src`."""
    if project.root:
        return None
    result = Rewritten(removed=set(project.files))
    for path, source in project.files.items():
        result.files[f"src/{path}"] = source
        result.moved |= _same_lines(path, f"src/{path}", source)
    return result


def into_packages(project: Project) -> Rewritten | None:
    """Turn modules into packages: the code in a module of its own, its names in `__init__`."""
    result = Rewritten()
    for path, tree in project.modules():
        names = {*_bound(tree.body), *_for_types(tree)}
        if path.endswith("__init__.py") or not names or {"*", "__all__"} & names:
            continue
        source = project.files[path]
        package = path.removesuffix(".py")
        result.removed.add(path)
        result.files[f"{package}/core.py"] = _one_deeper(source, tree)
        result.files[f"{package}/__init__.py"] = _names_of_core(tree)
        result.moved |= _same_lines(path, f"{package}/core.py", source)
    return result if result.files else None


def src_packages(project: Project) -> Rewritten | None:
    """Turn modules into packages below `src`."""
    moved = into_src(project)
    packages = moved and into_packages(moved.apply(project))
    if not moved or not packages:
        return None
    places = {old: packages.moved.get(new, new) for old, new in moved.moved.items()}
    files = {p: s for p, s in moved.files.items() if p not in packages.removed}
    return Rewritten(files | packages.files, moved.removed, places)


def _same_lines(old: str, new: str, source: str) -> dict[Place, Place]:
    return {(old, line): (new, line) for line in range(1, source.count("\n") + 2)}


def _one_deeper(source: str, tree: ast.Module) -> str:
    """Let relative imports, which name the package now, go one folder up."""
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]
    edits = [
        (node, ast.unparse(ast.ImportFrom(node.module, node.names, node.level + 1)))
        for node in imports
    ]
    return replace(source, edits)


def _names_of_core(tree: ast.Module) -> str:
    names = ", ".join(dict.fromkeys(_bound(tree.body)))
    typed = ", ".join(dict.fromkeys(_for_types(tree)))
    text = f"from .core import {names}\n" if names else ""
    return text + (f"{ONLY_FOR_TYPES}from .core import {typed}\n" if typed else "")


def _for_types(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if _is_for_types(node):
            yield from _bound(node.body)


def _bound(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the names that a module binds, except those of `from __future__`."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            if getattr(node, "module", "") != "__future__":
                yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            inner = [name for target in targets for name in ast.walk(target)]
            yield from (n.id for n in inner if isinstance(n, ast.Name) and _is_stored(n))
        elif isinstance(node, (ast.If, ast.Try, ast.With)) and not _is_for_types(node):
            yield from _bound(node.body)


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_for_types(node: ast.stmt) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
