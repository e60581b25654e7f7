"""BGT505: a lambda in a variable, of which the task is what it calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    ArgumentSource,
    Place,
    RemoveArgument,
    RemoveStatement,
    ReplaceArgument,
    Source,
)
from flake8_bgtasks.fixes.plans.called import is_name
from flake8_bgtasks.fixes.plans.called_early import stays
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.naming import assigned_name
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.syntax import Tree


def lambda_in(tree: Tree, call: ast.Call) -> ast.Lambda | None:
    """Return the lambda in a variable that is the task, where nothing else reads it."""
    task = call.args[0] if call.args else None
    function = next((f for f in tree.around(call) if isinstance(f, FUNCTIONS)), None)
    if not isinstance(task, ast.Name) or function is None:
        return None
    names = names_of(function, task.id)
    made = tree.parents[names[0]]
    value = getattr(made, "value", None)
    alone = len(names) == 2 and value is not None and assigned_name(made, value) == task.id
    return value if alone and isinstance(value, ast.Lambda) else None


def without_lambda(tree: Tree, path: str, call: ast.Call, task: ast.Lambda) -> Iterator[Edit]:
    """`f = lambda x: g(x, 1)` and `add_task(f, y)` become `add_task(g, y, 1)`."""
    arguments, inner = task.args, task.body
    names = [argument.arg for argument in arguments.args]
    others = arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg
    if others or arguments.defaults or call.keywords or len(call.args) != len(names) + 1:
        raise Refused("it is not known which arguments the lambda gets")
    if not isinstance(inner, ast.Call) or not is_name(inner.func):
        raise Refused("the lambda does more than call a function")
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        raise Refused("it is not known which arguments the lambda gets")
    place = Place(path, tree.span(call))
    given = {name: ArgumentSource(place, index) for index, name in enumerate(names, start=1)}
    text: list[Text] = [(Source(Place(path, tree.span(inner.func))),)]
    text += _arguments(tree, Place(path, tree.span(inner)), inner, given)
    yield ReplaceArgument(place, 0, tuple(part for one in text for part in (", ", *one))[1:])
    for index in range(1, len(call.args)):
        yield RemoveArgument(place, index)
    yield RemoveStatement(Place(path, tree.span(tree.statement(task))))


def _arguments(
    tree: Tree, place: Place, inner: ast.Call, given: dict[str, ArgumentSource]
) -> Iterator[Text]:
    """Yield the arguments of the call in a lambda, with what its parameters are."""
    function = next(f for f in tree.around(tree.statement(inner)) if isinstance(f, FUNCTIONS))
    arguments: list[ast.expr | ast.keyword] = [*inner.args, *inner.keywords]
    for index, argument in enumerate(arguments):
        value = argument.value if isinstance(argument, ast.keyword) else argument
        keyword = argument.arg if isinstance(argument, ast.keyword) else ""
        if keyword in ("func", None) or isinstance(value, ast.Starred):
            raise Refused("its arguments can't be passed through add_task")
        is_parameter = isinstance(value, ast.Name) and value.id in given
        if not is_parameter and not stays(value, function):
            raise Refused("its arguments may be others by then")
        source = given.get(getattr(value, "id", ""), ArgumentSource(place, index))
        yield (f"{keyword}=" if keyword else "", source)
