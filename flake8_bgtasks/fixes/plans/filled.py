"""BGT508: the tasks that a new instance was to be made with."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, Source
from flake8_bgtasks.fixes.plans.called import arguments_of, is_name
from flake8_bgtasks.fixes.plans.carried import check_goes_out, taken_away
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.signatures import mismatch
from flake8_bgtasks.tracking.things import Class, Function, Method, Partial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.binding import GivenArgument
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, Things

_FUNCTIONS = (Function, Method, Partial, Class)


def is_construction(program: Program, function: NodeRef) -> bool:
    """Return whether what is called is the class itself."""
    return all(program.is_tasks_class(thing) for thing in program.value(function))


def filled(thread: Thread, made: NodeRef, call: ast.Call) -> frozenset[Edit]:
    """`background=BackgroundTasks(f, x)` becomes `background_tasks.add_task(f, x)` before it."""
    tree = thread.workspace.syntax.known(made.path)
    holder = tree.parents[call]
    if not isinstance(holder, ast.keyword) or holder.arg != "background":
        raise Refused("it is not known whether the new instance shall have that task")
    tasks = _tasks(thread.program, tree, made, call)
    check_goes_out(thread, thread.program.units.owner(made))
    thread.replaced.add(made)
    name = thread.at(made)
    lines = [(f"{name}.add_task(", *task, ")") for task in tasks]
    first, *others = lines
    text: Text = (*first, *(part for line in others for part in ("\n", *line)))
    return frozenset({*taken_away(tree, made.path, call, text), *thread.edits})


def _tasks(program: Program, tree: Tree, made: NodeRef, call: ast.Call) -> list[Text]:
    """Return the arguments of each `add_task`."""
    value = call.args[0] if call.args and not call.keywords else None
    if isinstance(value, (ast.List, ast.Tuple)) and len(call.args) == 1:
        node = program.units.node(program.binder.arguments(made)[0].value)
        for item in node.items if isinstance(node, facts.Collection) else ():
            _check_fits(program, made, made._replace(node=item), ())
        if not value.elts or not all(map(is_name, value.elts)):
            raise Refused("it is not known which functions shall run")
        return [(Source(Place(made.path, tree.span(item))),) for item in value.elts]
    check_task(program, made)
    arguments = [part for text in arguments_of(tree, made.path, call) for part in (", ", *text)]
    return [tuple(arguments[1:])]


def check_task(program: Program, call: NodeRef) -> None:
    """Refuse unless a function is given that takes what is given with it."""
    given = program.binder.arguments(call)
    if not given or any(argument.star for argument in given) or given[0].keyword is not None:
        raise Refused("it is not known which function shall run")
    if any(are_functions(program.evaluator.deep_value(other.value)) for other in given[1:]):
        raise Refused("it is not known whether the other functions are arguments or tasks")
    _check_fits(program, call, given[0].value, given[1:])


def _check_fits(
    program: Program, call: NodeRef, function: NodeRef, given: Sequence[GivenArgument]
) -> None:
    things = program.evaluator.deep_value(function)
    reach = program.binder.reach
    sites, complete = program.evaluator.deeply(lambda: reach(call, things, tuple(given), "task"))
    if not complete or not are_functions(things):
        raise Refused("what is given is not known to be a function")
    if any(mismatch(program, site) is not None for site in sites):
        raise Refused("the function does not take these arguments")


def are_functions(things: Things) -> bool:
    """Return whether a value can only be something that is called."""
    return bool(things) and all(isinstance(thing, _FUNCTIONS) for thing in things)
