"""BGT406: the right task objects, given in a wrong way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import (
    ArgumentSource,
    InsertBefore,
    PassArgument,
    Place,
    RemoveArgument,
    ReplaceArgument,
    Source,
)
from flake8_bgtasks.fixes.plans.called import is_name
from flake8_bgtasks.fixes.plans.remarks import check_no_remarks
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.wrong_backgrounds import Wrong


def corrected(program: Program, tree: Tree, wrong: Wrong) -> Iterator[Edit]:
    """Yield the edits that give a response the task object that is at hand."""
    if wrong.kind == "exception":
        raise Refused("an HTTPException takes no background: return a response instead")
    call, index = argument_of(program, tree, wrong)
    if call is None:
        raise Refused("it is not known which tasks are meant")
    if wrong.kind == "keyword":
        yield from _renamed(program, tree, wrong, call, index)
    elif wrong.kind == "add_task":
        yield from _added_before(tree, wrong, call, index)
    else:
        yield _only_item(program, tree, wrong, call, index)


def argument_of(program: Program, tree: Tree, wrong: Wrong) -> tuple[ast.Call | None, int]:
    """Return the call that is given the value, and the number of the argument, if it is a call."""
    node = program.units.node(wrong.at)
    for index, argument in enumerate(node.arguments if isinstance(node, facts.Call) else ()):
        if argument.value == wrong.value.node and argument.span == wrong.span:
            return tree.call(program.span(wrong.at)), index
    return None, 0


def _renamed(
    program: Program, tree: Tree, wrong: Wrong, call: ast.Call, index: int
) -> Iterator[Edit]:
    """Yield the edits that pass the object as `background`."""
    if not program.is_task_object(program.value(wrong.value)):
        raise Refused(f"what {wrong.keyword!r} is given is not known to be a task object")
    if any(keyword.arg in ("background", None) for keyword in call.keywords):
        raise Refused("the response may be given a background already")
    check_no_remarks(tree, [*call.args, *(keyword.value for keyword in call.keywords)][index])
    place = Place(wrong.at.path, tree.span(call))
    yield RemoveArgument(place, index)
    yield PassArgument(place, (ArgumentSource(place, index),), "background")


def _added_before(tree: Tree, wrong: Wrong, call: ast.Call, index: int) -> Iterator[Edit]:
    """Yield the edits that add the task first, and then pass the instance itself."""
    value = [*call.args, *(keyword.value for keyword in call.keywords)][index]
    method = value.func if isinstance(value, ast.Call) else None
    around = tree.parents[call]
    direct = isinstance(around, (ast.Return, ast.Assign)) and around.value is call
    if not direct or not isinstance(method, ast.Attribute) or not is_name(method.value):
        raise Refused("it is not known when the task shall be added")
    path = wrong.at.path
    yield InsertBefore(Place(path, tree.span(around)), (Source(Place(path, tree.span(value))),))
    instance = Source(Place(path, tree.span(method.value)))
    yield ReplaceArgument(Place(path, tree.span(call)), index, (instance,))


def _only_item(
    program: Program, tree: Tree, wrong: Wrong, call: ast.Call, index: int
) -> ReplaceArgument:
    """Return the edit that passes the only object of a list."""
    value = [*call.args, *(keyword.value for keyword in call.keywords)][index]
    node = program.units.node(wrong.value)
    items = node.items if isinstance(node, facts.Collection) else ()
    if len(items) != 1 or not isinstance(value, (ast.List, ast.Tuple)):
        raise Refused("it is not known which task is meant")
    if not program.is_task_object(program.value(wrong.value._replace(node=items[0]))):
        raise Refused("it is not known which task is meant")
    item = Source(Place(wrong.at.path, tree.span(value.elts[0])))
    return ReplaceArgument(Place(wrong.at.path, tree.span(call)), index, (item,))
