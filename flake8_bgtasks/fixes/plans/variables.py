"""BGT102: the variables of modules that hold what all requests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef


def bound_to(program: Program, home: NodeRef, name: str) -> list[NodeRef]:
    """Return the nodes that a variable is bound to in the module of a node."""
    scope = program.units.outlined(home.path, home.unit).scopes[0]
    return [home._replace(node=node) for node in scope.bindings.get(name, ())]


def reads_in_functions(thread: Thread, bound: NodeRef) -> Iterator[NodeRef]:
    """Yield where a variable is read, in all files. Raises Refused where that is no function."""
    program = thread.program
    for read in program.links.reads.get(bound, ()):
        imported = isinstance(program.units.node(read), facts.Imported)
        inside = program.instances.is_in_function(read)
        if imported and inside:
            raise Refused(f"{thread.workspace.where(read)} imports it in a function")
        if not imported and not inside:
            raise Refused(f"{thread.workspace.where(read)} uses it when the module is imported")
        if not imported:
            yield read


def check_writes(thread: Thread, name: str) -> None:
    """Refuse where another value is given to the variable, or to one of its name."""
    for ref, scope in thread.program.scopes:
        for event in scope.events:
            if isinstance(event, facts.StoredOutside) and event.name == name:
                raise Refused(f"{ref.path}:{event.span.line} gives {name!r} another value")
