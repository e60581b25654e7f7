"""Helper functions in modules of their own."""

from __future__ import annotations

import ast
import builtins
import symtable
from typing import TYPE_CHECKING

from tests.rewrites.project import Project, Rewritten, is_of_framework, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Function = ast.FunctionDef | ast.AsyncFunctionDef
    ImportStatement = ast.Import | ast.ImportFrom


def move_helpers(project: Project) -> Rewritten | None:
    """Move functions that use nothing but imports and each other; import them back."""
    result = Rewritten()
    for path, tree in project.modules():
        imports = [node for node in _imports(tree) if not project.is_marked(path, node)]
        helpers = _movable(project.files[path], tree, imports)
        if helpers and not path.endswith("__init__.py"):
            _move(project, result, path, helpers, imports)
    return result if result.files else None


def _move(
    project: Project,
    result: Rewritten,
    path: str,
    helpers: list[Function],
    imports: list[ImportStatement],
) -> None:
    target = path.removesuffix(".py") + "_helpers.py"
    used = set().union(*map(_words, helpers))
    old, new = _split(project, path, helpers, imports, used)
    lines = old.splitlines(keepends=True)
    for node in helpers:
        first, last = _first(node), node.end_lineno or node.lineno
        at = new.count("\n") + 1
        result.moved |= {(path, first + n): (target, at + n) for n in range(last - first + 1)}
        new += "".join(lines[first - 1 : last]) + "\n\n"
        module = project.sibling(path, target.rpartition("/")[2].removesuffix(".py"))
        back = f"from {module} import {node.name}\n"
        lines[first - 1 : last] = [back] + ["\n"] * (last - first)
    result.files |= {target: new, path: "".join(lines)}


def _split(
    project: Project,
    path: str,
    helpers: list[Function],
    imports: list[ImportStatement],
    used: set[str],
) -> tuple[str, str]:
    """Return the source less the imports that only `helpers` use, and the helpers' imports."""
    tree = ast.parse(project.files[path])
    moved = {node.name for node in helpers}
    stays = [node for node in tree.body if getattr(node, "name", "") not in moved]
    kept = set().union(*map(_words, stays), *_taken_elsewhere(project, path))
    edits = [(node, _only(node, kept | _bound(node) - used) or "pass") for node in imports]
    future = [ast.unparse(node) for node in tree.body if _is_future(node)]
    header = [*future, *filter(None, (_only(node, used) for node in imports))]
    return replace(project.files[path], edits), "\n".join([*header, "", "", ""])


def _only(node: ImportStatement, names: set[str]) -> str:
    """Return an import of those names only, empty for one of nothing."""
    aliases = [alias for alias in node.names if _name(alias) in names]
    if not aliases:
        return ""
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import(aliases))
    return ast.unparse(ast.ImportFrom(node.module, aliases, node.level))


def _imports(tree: ast.Module) -> Iterator[ImportStatement]:
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_future(node):
            yield node


def _bound(node: ImportStatement) -> set[str]:
    return {_name(alias) for alias in node.names}


def _name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _taken_elsewhere(project: Project, path: str) -> Iterator[set[str]]:
    """Yield the names that other modules take from one another."""
    for other, tree in project.modules():
        for node in ast.walk(tree) if other != path else ():
            if isinstance(node, ast.ImportFrom) and not is_of_framework(node):
                yield {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute):
                yield {node.attr}


def _movable(source: str, tree: ast.Module, imports: Iterable[ImportStatement]) -> list[Function]:
    """Return the functions of a module that use only imports, builtins and one another."""
    bound = {symbol.get_name() for symbol in symtable.symtable(source, "", "exec").get_symbols()}
    imported = set().union(*map(_bound, imports))
    functions = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    names = [node.name for node in functions]
    left = [node for node in functions if names.count(node.name) == 1]
    while True:
        own = bound - imported - set(dir(builtins)) - {node.name for node in left}
        kept = [node for node in left if not own & _words(node)]
        if kept == left:
            return left
        left = kept


def _words(node: ast.AST) -> set[str]:
    """Return the names in a piece of code, those in its strings and `global` statements too."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            found.add(inner.value.partition(".")[0].partition(" ")[0])
        elif isinstance(inner, ast.Global):
            found.update(inner.names)
    return found


def _first(node: Function) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
