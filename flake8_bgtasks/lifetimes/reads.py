"""Calls that read a file to its end, themselves or in a function that they call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.lifetimes.held import Given, Held
from flake8_bgtasks.lifetimes.ways import sure_ranges
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.steps import Jump, Leave, Loop, blocks_of, extent, steps_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.lifetimes.origins import Origins
    from flake8_bgtasks.lifetimes.values import Values
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.steps import Block, Range, Step
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

READS = frozenset({"read", "readline", "readlines", "readinto", "read1"})
_COPIES = frozenset({"shutil.copyfileobj"})
DEEPEST = 3


class Reads:
    """Finds them."""

    def __init__(self, values: Values, origins: Origins) -> None:
        self._values = values
        self._origins = origins

    def in_function(self, scope: ScopeRef, file: Held, depth: int = 0) -> list[NodeRef]:
        """Return the calls in a function that read a file which it holds."""
        calls = self._values.calls_in(scope)
        return [call for call in calls if self._does_read(call, file, depth)]

    def by_loop_before(self, calls: Iterable[NodeRef], later: NodeRef) -> NodeRef | None:
        """Return one of some calls that a loop surely makes for each item, before a later node.

        A loop without items has nothing to read.
        """
        scope = self._values.units.scope(self._values.units.owner(later))
        for block in _blocks(scope.steps):
            _, end = extent(block)
            for step in block:
                if isinstance(step, Loop) and extent(step.body)[1] <= later.node < end:
                    for call in calls:
                        if _surely_makes(step, call):
                            return call
        return None

    def _does_read(self, call: NodeRef, file: Held, depth: int) -> bool:
        """Return whether a call reads a file, as `read()` and `copyfileobj` do."""
        node = self._values.node(call)
        assert isinstance(node, facts.Call)
        method = self._values.called_method(call)
        if method is not None and method.name in READS:
            return self._is(call._replace(node=method.base), file)
        called = self._values.functions(call)
        if called and all(known.is_external(thing, _COPIES) for thing in called):
            return self._is(call._replace(node=node.arguments[0].value), file)
        return depth < DEEPEST and self._is_read_by_function(call, file, depth)

    def _is_read_by_function(self, call: NodeRef, file: Held, depth: int) -> bool:
        sites, complete = self._values.binder.sites(call)
        return complete and len(sites) == 1 and self._is_read_at(sites[0], file, depth)

    def _is_read_at(self, site: Site, file: Held, depth: int) -> bool:
        scope = self._values.units.scope(site.function)
        waits = not scope.is_async or self._values.units.is_awaited(site.call)
        if site.how != "call" or scope.kind != "function" or scope.is_generator or not waits:
            return False
        for argument in site.arguments:
            parameter = self._values.binder.parameter_of(site, argument)
            if parameter is not None and self._is(argument.value, file):
                own = Held(Given(site.function, parameter.name))
                return self._surely_reads(site.function, own, depth + 1)
        return False

    def _surely_reads(self, function: ScopeRef, file: Held, depth: int) -> bool:
        """Return whether a function reads a file, whichever way it takes, and leaves it there."""
        steps = self._values.units.scope(function).steps
        left = [(leave.first, leave.end) for leave in steps if isinstance(leave, Leave)]
        sure = [*sure_ranges(steps), *left]
        until = min((end for _, end in _returns(steps)), default=None)
        return not self._is_sought(function) and any(
            any(first <= call.node < end for first, end in sure)
            and (until is None or call.node < until)
            for call in self.in_function(function, file, depth)
        )

    def _is_sought(self, function: ScopeRef) -> bool:
        for call in self._values.calls_in(function):
            node = self._values.node(call)
            assert isinstance(node, facts.Call)
            method = self._values.node(call._replace(node=node.function))
            if getattr(method, "name", "") in ("seek", "close"):
                return True
        return False

    def _is(self, ref: NodeRef, file: Held) -> bool:
        wanted = {file, file.attribute("file")}
        return bool(wanted & self._origins.of(ref))


def _blocks(block: Block) -> Iterator[Block]:
    yield block
    for step in block:
        for inner in blocks_of(step):
            yield from _blocks(inner)


def _surely_makes(loop: Loop, call: NodeRef) -> bool:
    """Return whether a loop makes a call each time, and is not left before its end."""
    if any(isinstance(step, Jump) or _is_return(step) for step in steps_in(loop.body)):
        return False
    return any(first <= call.node < end for first, end in sure_ranges(loop.body))


def _is_return(step: Step) -> bool:
    return isinstance(step, Leave) and step.how == "return"


def _returns(block: Block) -> Iterator[Range]:
    """Yield the extents of the `return` statements of a function."""
    for step in steps_in(block):
        if isinstance(step, Leave) and _is_return(step):
            yield (step.first, step.end)
