"""Source text that is changed by where its nodes stand."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Placed = ast.expr | ast.stmt | ast.arg | ast.keyword
TYPES = ("BackgroundTasks", "fastapi.BackgroundTasks")
MODULES = ("fastapi", "fastapi.background")


@dataclass(frozen=True)
class Text:
    """A module in ASCII; `helpers` are the functions of the project that need an instance."""

    source: str
    helpers: frozenset[str] = frozenset()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {c: node for node in ast.walk(self.tree) for c in ast.iter_child_nodes(node)}

    @cached_property
    def _starts(self) -> list[int]:
        lines = self.source.splitlines(keepends=True)
        return [0, *(sum(map(len, lines[: n + 1])) for n in range(len(lines)))]

    def start(self, node: Placed) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: Placed) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: Placed) -> str:
        return self.source[self.start(node) : self.end(node)]

    def with_(self, *changes: tuple[int, int, str]) -> str:
        """Return the source with other text between some offsets."""
        source = self.source
        for start, end, text in sorted(changes, reverse=True):
            source = source[:start] + text + source[end:]
        return source

    def over(self, node: Placed, text: str) -> tuple[int, int, str]:
        return self.start(node), self.end(node), text

    def without_item(self, first: Placed, last: Placed) -> tuple[int, int, str]:
        """Return the change that takes an item, from one node to another, out of a list."""
        start, end = self.start(first), self.end(last)
        before = self.source[:start].rstrip()
        if before.endswith(","):
            return len(before) - 1, end, ""
        rest = self.source[end:]
        gap = len(rest) - len(rest.lstrip())
        if rest.lstrip().startswith(","):
            after = rest.lstrip()[1:]
            return start, end + gap + 1 + len(after) - len(after.lstrip()), ""
        return start, end, ""

    # What there is

    @cached_property
    def _types(self) -> frozenset[str]:
        """How the module names FastAPI's class."""
        imports = (n for n in ast.walk(self.tree) if isinstance(n, ast.ImportFrom) and not n.level)
        names = {a.name for n in imports if n.module in MODULES for a in n.names if not a.asname}
        return frozenset(kind for kind in TYPES if "." in kind or kind in names)

    def functions(self) -> Iterator[tuple[Function, ast.arg]]:
        """Yield the functions with a plainly declared `BackgroundTasks`."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                for argument in (*node.args.args, *node.args.kwonlyargs):
                    annotation = argument.annotation
                    if annotation is not None and ast.unparse(annotation) in self._types:
                        yield node, argument

    def routes(self) -> Iterator[tuple[Function, ast.arg]]:
        """Yield those that their decorators make a path operation, and nothing else."""
        for node, argument in self.functions():
            if node.decorator_list and all(map(_registers, node.decorator_list)):
                yield node, argument

    @staticmethod
    def names(function: Function, name: str) -> bool:
        """Return whether a function has a variable or a parameter of that name."""
        nodes = ast.walk(function)
        return any(name in (getattr(n, "id", ""), getattr(n, "arg", "")) for n in nodes)

    @staticmethod
    def is_async(function: Function) -> bool:
        return isinstance(function, ast.AsyncFunctionDef)

    def adders(self) -> Iterator[tuple[Function, ast.arg]]:
        """Yield the path operations that only add tasks to theirs, or hand it to what does."""
        passed = {id(name) for _, name in self.passing()}
        for function, argument in self.routes():
            uses = [n for n in ast.walk(function) if getattr(n, "id", "") == argument.arg]
            if uses and all(id(use) in passed or self._adds(use) for use in uses):
                yield function, argument

    def _adds(self, use: ast.AST) -> bool:
        return getattr(self.parents[use], "attr", "") == "add_task"

    def adding(self) -> Iterator[tuple[Function, ast.Call]]:
        """Yield the statements `tasks.add_task(f, …)` of such a parameter."""
        for function, argument in self.functions():
            for node in ast.walk(function):
                method = node.func if isinstance(node, ast.Call) else None
                if isinstance(node, ast.Call) and isinstance(method, ast.Attribute):
                    on_it = isinstance(method.value, ast.Name) and method.value.id == argument.arg
                    alone = isinstance(self.parents[node], ast.Expr)
                    if on_it and alone and method.attr == "add_task" and node.args:
                        yield function, node

    def passing(self) -> Iterator[tuple[ast.Call, ast.Name]]:
        """Yield the calls of functions of the project that are handed such a parameter."""
        for function, argument in self.functions():
            for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
                values = [*call.args, *(keyword.value for keyword in call.keywords)]
                for value in values if _name(call) in self.helpers else ():
                    if isinstance(value, ast.Name) and value.id == argument.arg:
                        yield call, value


def _registers(node: ast.expr) -> bool:
    method = node.func if isinstance(node, ast.Call) else None
    verbs = ("get", "post", "put", "patch", "delete", "head", "options", "api_route")
    return isinstance(method, ast.Attribute) and method.attr in verbs


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def needing(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Return the names of the functions that can't be called without an instance."""
    found: set[str] = set()
    for node in (n for tree in trees for n in ast.walk(tree)):
        if isinstance(node, Function):
            plain = node.args.args[: len(node.args.args) - len(node.args.defaults)]
            annotations = [ast.unparse(a.annotation) for a in plain if a.annotation]
            if not set(TYPES).isdisjoint(annotations):
                found.add(node.name)
    return frozenset(found)
