"""What operators share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.mutants.text import Function, Text

    Operator = Callable[[Text], Iterator["Mutation"]]


class Mutation(NamedTuple):
    """A changed source, and the line that is changed."""

    source: str
    line: int


def default_of(function: Function, argument: ast.arg) -> ast.expr | None:
    arguments = function.args
    pairs = dict(zip(reversed(arguments.args), reversed(arguments.defaults), strict=False))
    pairs |= {a: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d}
    return pairs.get(argument)


def is_used(function: Function, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(function))


def is_route(text: Text, function: Function) -> bool:
    return any(function is route for route, _ in text.routes())


def is_in_async(text: Text, node: ast.AST) -> bool:
    while not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        node = text.parents[node]
    return isinstance(node, ast.AsyncFunctionDef)


def returns_nothing(function: Function) -> bool:
    kinds = (ast.Yield, ast.YieldFrom)
    inner = list(ast.walk(function))
    gives = any(isinstance(n, ast.Return) and n.value is not None for n in inner)
    gives = gives or any(isinstance(n, kinds) for n in inner)
    return not gives and not function.decorator_list


def first_statement(function: Function) -> ast.stmt:
    """Return the first statement behind the docstring."""
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and function.body[1:]:
        return function.body[1]
    return first


def put_first(text: Text, function: Function, line: str) -> tuple[int, int, str]:
    """Return the change that lets a function begin with a line."""
    first = first_statement(function)
    at = text.start(first)
    in_line = text.source[:at].rpartition("\n")[2].strip()
    return at, at, f"{line}; " if in_line else f"{line}\n{' ' * first.col_offset}"


def above(text: Text, function: Function, lines: str) -> tuple[int, int, str]:
    """Return the change that puts lines above a function of the module and its decorators."""
    decorators = function.decorator_list
    at = text.start(function)
    if decorators:
        at = text.source.rindex("@", 0, text.start(decorators[0]))
    return at, at, lines


def without_parameter(text: Text, function: Function, argument: ast.arg) -> tuple[int, int, str]:
    """Return the change that takes a parameter away; a `*` that nothing follows goes with it."""
    if [argument] != function.args.kwonlyargs or function.args.vararg:
        return text.without_item(argument, argument)
    start = text.source.rindex("*", 0, text.start(argument))
    begin = len(text.source[:start].rstrip())
    begin -= text.source[:begin].endswith(",")
    return begin, text.end(argument), ""


def importing(source: str, *statements: str) -> str:
    """Return a module with more imports at its top; unchanged where it can't be compiled."""
    lines = source.splitlines(keepends=True)
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    heads = [
        n.end_lineno or 0
        for n in tree.body
        if (isinstance(n, ast.ImportFrom) and n.module == "__future__")
        or (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
    ]
    at = sum(map(len, lines[: max(heads, default=0)]))
    return source[:at] + "".join(f"{statement}\n" for statement in statements) + source[at:]
