"""What `with` blocks and generators close when they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.lifetimes.held import Given, Held, Made, Opened
from flake8_bgtasks.lifetimes.resources import (
    CLOSED_BY_WITH,
    CLOSES,
    CLOSES_ARGUMENT,
    TEMPORARY_FILES,
    TEMPORARY_FOLDERS,
)
from flake8_bgtasks.lifetimes.ways import (
    handler_blocks,
    managed_blocks,
    may_leave_loops,
    sure_ranges,
)
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import (
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    ScopeRef,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.held import Names
    from flake8_bgtasks.lifetimes.origins import Origins
    from flake8_bgtasks.lifetimes.values import Values
    from flake8_bgtasks.tracking.things import Thing

_KNOWN = CLOSED_BY_WITH | TEMPORARY_FILES | TEMPORARY_FOLDERS


class Managers:
    """Finds out whether what a block binds is closed at its end."""

    def __init__(self, values: Values, origins: Origins) -> None:
        self._values = values
        self._origins = origins

    def entered(self, ref: NodeRef, manager: NodeRef) -> Iterator[Held]:
        """Yield what the target of a `with` block holds that is closed at its end."""
        if self.made_by(ref) & _KNOWN:
            yield Held(Opened(ref))
        for thing in self._values.of(manager):
            if isinstance(thing, Instance) and isinstance(thing.cls, Class):
                for path in self._closed_by_exit(thing.cls.ref):
                    yield Held(Opened(ref), path=path)
        for function in self._generators(manager):
            for held in self.closed_after_yield(function):
                if not held.access:
                    yield Held(Opened(ref), path=held.path)
        yield from self._passed_through(manager)

    def made_by(self, entered: NodeRef) -> frozenset[str]:
        """Return the names of the library's classes or functions that made a manager."""
        node = self._values.node(entered)
        assert isinstance(node, facts.Entered)
        manager = entered._replace(node=node.base)
        names = {
            _name(thing.cls) for thing in self._values.of(manager) if isinstance(thing, Instance)
        }
        for held in self._origins.of(manager):
            if isinstance(held.root, Made) and held.is_whole:
                names |= {_name(thing) for thing in self._values.functions(held.root.call)}
                if self._keeps_file(held.root.call):
                    names -= TEMPORARY_FILES
        return frozenset(names)

    def _keeps_file(self, call: NodeRef) -> bool:
        """Return whether a call says `delete=False`, or anything but True."""
        node = self._values.node(call)
        arguments = node.arguments if isinstance(node, facts.Call) else ()
        return any(argument.keyword in ("delete", "delete_on_close") for argument in arguments)

    def _generators(self, manager: NodeRef) -> Iterator[ScopeRef]:
        """Yield the `@contextmanager` functions whose call is the manager."""
        for held in self._origins.of(manager):
            if isinstance(held.root, Made) and held.is_whole:
                for function in self._called(held.root.call):
                    if self._values.is_manager(function):
                        yield function

    def _called(self, call: NodeRef) -> Iterator[ScopeRef]:
        for thing in self._values.functions(call):
            if isinstance(thing, (Function, Method)):
                yield thing.ref if isinstance(thing, Function) else thing.function

    def _passed_through(self, manager: NodeRef) -> Iterator[Held]:
        """`with nullcontext(db) as session`."""
        node = self._values.node(manager)
        if isinstance(node, facts.Call) and len(node.arguments) == 1:
            names = {_name(thing) for thing in self._values.functions(manager)}
            if names == {"contextlib.nullcontext"}:
                yield from self._origins.of(manager._replace(node=node.arguments[0].value))

    # Classes with `__exit__`

    def _closed_by_exit(self, cls: ScopeRef) -> Iterator[Names]:
        """Yield the attributes of what `__enter__` returns that `__exit__` closes; () is itself."""
        for enter_name, exit_name in (("__enter__", "__exit__"), ("__aenter__", "__aexit__")):
            enter, leave = (self._values.method(cls, name) for name in (enter_name, exit_name))
            if enter is None or leave is None:
                continue
            own = Given(enter, self._values.first_parameter(enter) or "")
            for held in self._origins.returned(enter):
                if held.root == own and not held.path:
                    yield from self._below(held.access, leave)

    def _below(self, shown: Names, leave: ScopeRef) -> Iterator[Names]:
        own = Given(leave, self._values.first_parameter(leave) or "")
        for held in self._closed_in(leave, after=-1):
            if held.root == own and not held.path:
                if held.access[: len(shown)] == shown:
                    yield held.access[len(shown) :]
                elif shown[: len(held.access)] == held.access:
                    yield ()

    # Generators

    def closed_after_yield(
        self, function: ScopeRef, open_ones: frozenset[ScopeRef] = frozenset()
    ) -> Iterator[Held]:
        """Yield what a generator yields and closes when it goes on."""
        scope = self._values.units.scope(function)
        if not scope.yields or function in open_ones:
            return
        closed = set(self._closed_in(function, after=min(scope.yields)))
        closed |= set(self._closed_around(function))
        for event in scope.events:
            if isinstance(event, facts.Yielded):
                for held in self._origins.of(NodeRef(function.path, function.unit, event.value)):
                    if Held(held.root, held.access) in closed or Held(held.root) in closed:
                        yield held
        for inner in self._handed_on(function):
            yield from self.closed_after_yield(inner, open_ones | {function})

    def _handed_on(self, function: ScopeRef) -> Iterator[ScopeRef]:
        """Yield the generators that a generator goes on with: `for x in opened(): yield x`."""
        scope = self._values.units.scope(function)
        if may_leave_loops(scope.steps):
            return
        for event in scope.events:
            value = NodeRef(function.path, function.unit, getattr(event, "value", 0))
            node = self._values.node(value) if isinstance(event, facts.Yielded) else None
            if isinstance(node, facts.Element):
                for inner in self._called(value._replace(node=node.base)):
                    if not self._values.is_manager(inner):
                        yield inner

    def _closed_around(self, function: ScopeRef) -> Iterator[Held]:
        """Yield what `with` blocks around a `yield` close."""
        scope = self._values.units.scope(function)
        for managers, first, end in managed_blocks(scope.steps):
            if not any(first <= number < end for number in scope.yields):
                continue
            for manager in managers:
                ref = NodeRef(function.path, function.unit, manager)
                yield from self._entered_in(ref)
                if any(
                    _name(t.cls) in _KNOWN for t in self._values.of(ref) if isinstance(t, Instance)
                ):
                    yield from self._origins.of(ref)
                yield from self._closing(ref)

    def _entered_in(self, manager: NodeRef) -> Iterator[Held]:
        for user in self._values.units.using(manager):
            if isinstance(self._values.node(user), facts.Entered):
                for held in self._origins.of(user):
                    yield Held(held.root, held.access)

    def _closing(self, manager: NodeRef) -> Iterator[Held]:
        """`with closing(db):` closes `db`."""
        node = self._values.node(manager)
        names = {_name(thing) for thing in self._values.functions(manager)}
        if isinstance(node, facts.Call) and names & {"contextlib.closing", "contextlib.aclosing"}:
            for argument in node.arguments[:1]:
                yield from self._origins.of(manager._replace(node=argument.value))

    def closed_at_end(self, function: ScopeRef) -> Iterator[Held]:
        """Yield what a function closes itself before it returns, in a `finally` block mostly."""
        ranges = list(sure_ranges(self._values.units.scope(function).steps))
        for call in self._values.calls_in(function):
            node = self._values.node(call)
            if isinstance(node, facts.Call) and any(a <= call.node < b for a, b in ranges):
                yield from self._closed_by(call, node)

    def _closed_in(self, function: ScopeRef, after: int) -> Iterator[Held]:
        """Yield what a function closes by calls behind a node, but not only after an exception."""
        handlers = list(handler_blocks(self._values.units.scope(function).steps))
        for ref, node in self._values.units.own(function):
            if ref.node <= after or not isinstance(node, facts.Call):
                continue
            if not any(first <= ref.node < end for first, end in handlers):
                yield from self._closed_by(ref, node)

    def _closed_by(self, call: NodeRef, node: facts.Call) -> Iterator[Held]:
        function = self._values.node(call._replace(node=node.function))
        name = getattr(function, "name", "")
        closes = name in CLOSES and (name != "remove" or not node.arguments)
        if isinstance(function, facts.Attribute) and closes:
            yield from self._origins.of(call._replace(node=function.base))
        if name in CLOSES_ARGUMENT:
            for argument in node.arguments[:1]:
                yield from self._origins.of(call._replace(node=argument.value))


def _name(thing: Thing) -> str:
    return thing.name if isinstance(thing, External) else ""
