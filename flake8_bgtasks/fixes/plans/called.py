"""A call that becomes a task: the function, then its arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import ArgumentSource, Place, Source
from flake8_bgtasks.fixes.plans.remarks import check_copied
from flake8_bgtasks.fixes.supply import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Text
    from flake8_bgtasks.fixes.supply.syntax import Tree


def as_task(tree: Tree, path: str, call: ast.Call) -> Text:
    """Return `f, x, y=z` for `f(x, y=z)`. Raises Refused where that can't be handed over."""
    if not is_name(call.func):
        raise Refused("the function that is called has no name")
    if any(keyword.arg in ("func", None) for keyword in call.keywords):
        raise Refused("its arguments can't be passed through add_task")
    function = Source(Place(path, tree.span(call.func)))
    return (function, *(part for text in arguments_of(tree, path, call) for part in (", ", *text)))


def bound_as_task(tree: Tree, path: str, partial: ast.Call) -> Text:
    """Return `f, x, y=z` for `partial(f, x, y=z)`."""
    if not partial.args or any(keyword.arg in ("func", None) for keyword in partial.keywords):
        raise Refused("its arguments can't be passed through add_task")
    first, *others = arguments_of(tree, path, partial)
    return (*first, *(part for text in others for part in (", ", *text)))


def arguments_of(tree: Tree, path: str, call: ast.Call) -> Iterator[Text]:
    """Yield the arguments of a call, each with its stars or its keyword."""
    check_copied(tree, call)
    place = Place(path, tree.span(call))
    for index, argument in enumerate([*call.args, *call.keywords]):
        star = "*" if isinstance(argument, ast.Starred) else ""
        keyword = _keyword(argument) if isinstance(argument, ast.keyword) else ""
        prefix = (star + keyword,) if star or keyword else ()
        yield (*prefix, ArgumentSource(place, index))


def _keyword(argument: ast.keyword) -> str:
    return "**" if argument.arg is None else f"{argument.arg}="


def is_name(node: ast.expr) -> bool:
    """Return whether an expression is a name, or an attribute of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def lambda_call(task: ast.Lambda) -> ast.Call:
    """Return the call that is all that a lambda does."""
    arguments = task.args
    positional = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    has_parameters = bool(positional or arguments.vararg or arguments.kwarg)
    if has_parameters or not isinstance(task.body, ast.Call):
        raise Refused("the lambda does more than call a function")
    return task.body
