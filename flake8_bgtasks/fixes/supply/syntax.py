"""The `ast` of the project's files, by position: what the facts of the tracker leave out."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.children import below, children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.outline import Outline

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

_BY_NAME = frozenset(
    {"getattr", "hasattr", "setattr", "delattr", "attrgetter", "methodcaller", "object", "patch"}
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+")


@dataclass(frozen=True)
class Tree:
    """A parsed file."""

    lines: Sequence[str]
    body: ast.Module

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What each node stands in."""
        return {child: node for node in self.nodes for child in children(node)}

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes but operators and contexts, in the order of `ast.walk`."""
        found: list[ast.AST] = [self.body]
        for node in found:
            found += children(node)
        return found

    @cached_property
    def at(self) -> dict[Span, list[ast.AST]]:
        """The nodes by where they stand."""
        found: dict[Span, list[ast.AST]] = {}
        for node in self.nodes:
            if hasattr(node, "lineno"):
                found.setdefault(self.span(node), []).append(node)
        return found

    @cached_property
    def named(self) -> dict[str, list[tuple[int, ast.Name | ast.Attribute]]]:
        """The variables and attributes by their names, each with its place in the order."""
        found: dict[str, list[tuple[int, ast.Name | ast.Attribute]]] = {}
        for place, node in enumerate(self.nodes):
            if isinstance(node, ast.Name):
                found.setdefault(node.id, []).append((place, node))
            elif isinstance(node, ast.Attribute):
                found.setdefault(node.attr, []).append((place, node))
        return found

    @cached_property
    def named_in_strings(self) -> dict[str, list[tuple[int, ast.Constant]]]:
        """The strings that are passed to get at something or replace it, by its name.

        Each has its place in the same order.
        """
        found: dict[str, list[tuple[int, ast.Constant]]] = {}
        for place, node in enumerate(self.nodes):
            call = self.parents.get(node)
            if isinstance(node, ast.Constant) and isinstance(call, ast.Call):
                name = _name_in(node.value, call)
                if name is not None:
                    found.setdefault(name, []).append((place, node))
        return found

    @cached_property
    def asks_for_globals(self) -> list[int]:
        """The lines with calls that give all variables by their names."""
        return [
            node.lineno
            for node in self.nodes
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("globals", "vars")
        ]

    def span(self, node: ast.AST) -> Span:
        """Return where a node stands; a function from its `def` on."""
        line, end = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        return Span(
            line,
            self._column(line, node.col_offset),  # type: ignore[attr-defined]
            end,
            self._column(end, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1]
        before = text[:offset] if text.isascii() else text.encode()[:offset].decode()
        return len(before) + 1

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what a node stands in, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the statement that a node is or stands in."""
        return next(n for n in (node, *self.around(node)) if isinstance(n, ast.stmt))

    def function(self, span: Span) -> Function:
        """Return the function that stands at `span`."""
        return next(node for node in self.at[span] if isinstance(node, FUNCTIONS))

    def call(self, span: Span) -> ast.Call:
        """Return the call that stands at `span`."""
        return next(node for node in self.at[span] if isinstance(node, ast.Call))


def _name_in(value: object, call: ast.Call) -> str | None:
    """Return by which name an argument of a call gets at something, if it is such a string."""
    if not isinstance(value, str):
        return None
    if _DOTTED.fullmatch(value):
        return re.split(r"[.:]", value)[-1]
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return value if called in _BY_NAME else None


class Syntax:
    """Parses files when they are asked for."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._trees: dict[str, Tree | None] = {}

    def tree(self, path: str) -> Tree | None:
        """Return the tree of a file, None for one that can't be parsed."""
        if path not in self._trees:
            outline = self._files.outline(path)
            self._trees[path] = _parse(outline) if outline is not None else None
        return self._trees[path]

    def known(self, path: str) -> Tree:
        """Return the tree of a file that has been tracked."""
        tree = self.tree(path)
        assert tree is not None
        return tree


def _parse(outline: Outline) -> Tree:
    return Tree(outline.lines, ast.parse("".join(outline.lines)))


def names_bound(function: ast.AST) -> set[str]:
    """Return the names that a function and the functions in it bind, parameters included."""
    found: set[str] = set()
    for node in below(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            found.add(node.name)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(node.names)
    return found


def names_read(function: ast.AST) -> set[str]:
    """Return the names that a function and the functions in it read."""
    return {n.id for n in below(function) if isinstance(n, ast.Name)}


def names_of(function: ast.AST, name: str) -> list[ast.Name]:
    """Return where a function reads or binds a variable, in the order of the file."""
    found = [n for n in below(function) if isinstance(n, ast.Name) and n.id == name]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))
