"""A task that a returned response carries becomes one of the request's instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import ArgumentSource, Place
from flake8_bgtasks.fixes.plans.carried import check_goes_out, taken_away
from flake8_bgtasks.fixes.plans.remarks import check_copied

if TYPE_CHECKING:
    import ast

    from flake8_bgtasks.fixes.edits import Edit, Text
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread


def added_instead(supply: Supply, call: Place) -> frozenset[Edit]:
    """Return the edits that turn `return Response(…, background=BackgroundTask(f, …))` around.

    The task is added to the injected instance before the `return`. Raises Refused where the
    response does not go to FastAPI as it is.
    """
    return supply.search(lambda thread: _edits(thread, call))


def _edits(thread: Thread, call: Place) -> frozenset[Edit]:
    program, tree = thread.program, thread.workspace.syntax.known(call.path)
    birth = next(
        ref for ref, _ in program.calls if ref.path == call.path and program.span(ref) == call.span
    )
    check_goes_out(thread, program.units.owner(birth))
    thread.replaced.add(birth)
    text = added(tree, call, thread.at(birth))
    edits = taken_away(tree, call.path, tree.call(call.span), text)
    return frozenset({*edits, *thread.edits})


def added(tree: Tree, task: Place, name: str) -> Text:
    """Return the call that adds a `BackgroundTask(…)` to an instance: `name.add_task(…)`."""
    call = tree.call(task.span)
    check_copied(tree, call)
    text: list[str | ArgumentSource] = []
    for index in range(len(call.args) + len(call.keywords)):
        text += [", " if index else f"{name}.add_task(", _prefix(call, index)]
        text.append(ArgumentSource(task, index))
    return (*(part for part in text if part), ")")


def _prefix(call: ast.Call, index: int) -> str:
    """Return what stands before the value of an argument."""
    if index < len(call.args):
        return ""
    keyword = call.keywords[index - len(call.args)]
    return "**" if keyword.arg is None else f"{keyword.arg}="
