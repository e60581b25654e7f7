"""A task that a returned response carries becomes one of the request's instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.plans.carried import check_goes_out
from flake8_bgtasks.fixes.plans.moved import moved, variable_of
from flake8_bgtasks.fixes.supply.tables import calls_at

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.fixes.edits import Edit, PassArgument, Place
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.things import NodeRef


def added_instead(
    supply: Supply,
    call: Place,
    more: PassArgument | None = None,
    replaced: Collection[NodeRef] = (),
) -> frozenset[Edit]:
    """Return the edits that turn `return Response(…, background=BackgroundTask(f, …))` around.

    The task is added to the injected instance before the `return`. Raises Refused where the
    response does not go to FastAPI as it is. `more` gives the task the instance,
    `replaced` are other tasks that are added to it as well.
    """
    return supply.search(lambda thread: _edits(thread, call, more, replaced))


def _edits(
    thread: Thread, call: Place, more: PassArgument | None, replaced: Collection[NodeRef]
) -> frozenset[Edit]:
    program = thread.program
    birth = program.once(calls_at)[call.path, call.span][0]
    return carried_by_request(thread, birth, more, replaced)


def carried_by_request(
    thread: Thread,
    birth: NodeRef,
    more: PassArgument | None = None,
    replaced: Collection[NodeRef] = (),
) -> frozenset[Edit]:
    """Return the edits of `added_instead` for one search."""
    program, tree = thread.program, thread.workspace.syntax.known(birth.path)
    check_goes_out(thread, program.units.owner(birth))
    thread.replaced |= {birth, *replaced}
    variable = variable_of(tree, program, birth)
    thread.gone |= {variable} if variable else set()
    edits = moved(thread, birth, thread.at(birth), more)
    return frozenset({*edits, *thread.edits})
