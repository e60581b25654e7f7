"""Functions that are started beside the request: nothing waits until they are done."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import External, Function, Method, NodeRef, Partial, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing

_KEEPS = frozenset({"add", "append"})
_WAITS = frozenset({"join", "result", "cancel"})
_CREATES = frozenset({"create_task"})
_CALLS_LATER = frozenset({"call_later", "call_at"})
_ORDER = {1: "target", 2: "args"}
"""Where a thread or timer takes what from, by position."""


class Start(NamedTuple):
    """The call `call` starts `function`; `arguments` are handed to it, besides those it is given.

    `made` is the call that makes the coroutine (of a thread: the call that starts it).
    """

    call: NodeRef
    made: NodeRef
    function: ScopeRef
    arguments: tuple[NodeRef, ...] = ()
    bound: int = 0


class Handed(NamedTuple):
    """The call `call` has a thread, an executor or a timer call `function` with `arguments`."""

    call: NodeRef
    function: NodeRef
    arguments: tuple[NodeRef, ...]


class Late(NamedTuple):
    """After the call `start`, the call `at` may add tasks when the response has run its own."""

    at: NodeRef
    start: NodeRef


class LateTasks:
    """Finds what is added too late."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units

    def found(self) -> Iterator[Late]:
        for add in sorted({*self._program.additions.owners, *self._handed_to_threads()}):
            if not self._program.is_test(add.path):
                yield from self._up(add, frozenset())
        for handed in self._handed:
            if self._is_add_task(handed.function):
                yield Late(handed.call, handed.call)

    def _up(self, at: NodeRef, seen: frozenset[NodeRef]) -> Iterator[Late]:
        """Yield `at` if its function only runs late, else look at the calls of that function."""
        scope = self._units.owner(at)
        start = self._start_of(scope, frozenset())
        if start is not None:
            yield Late(at, start)
            return
        for site in self._program.sites_of.get(scope, ()):
            if site.call not in seen and not self._is_left_aside(site):
                started = [s for s in self._starts_of.get(scope, ()) if s.made == site.call]
                if started:
                    yield Late(started[0].call, started[0].call)
                else:
                    yield from self._up(site.call, seen | {site.call})

    def _start_of(self, scope: ScopeRef, seen: frozenset[ScopeRef]) -> NodeRef | None:
        """Return a call that starts a function, if it or its callers run in no other way."""
        if scope in seen or self._program.roles.of(scope):
            return None
        starts = self._starts_of.get(scope, ())
        made = {start.made for start in starts}
        found = [start.call for start in starts]
        for site in self._program.sites_of.get(scope, ()):
            if site.call in made or self._is_left_aside(site):
                continue
            start = self._start_of(self._units.owner(site.call), seen | {scope})
            if start is None:
                return None
            found.append(start)
        return found[0] if found else None

    def _is_left_aside(self, site: Site) -> bool:
        """Return whether a call is a test's, or has nothing to do with a request's instance."""
        if self._program.is_test(site.call.path) or self._program.additions.hands_own(site):
            return True
        taken = self._program.additions.holders.get(site.function)
        if taken is None:
            caller = self._units.owner(site.call)
            return self._near_holders.isdisjoint((caller, *self._units.above(caller)))
        return all(self._program.binder.argument_for(site, name) is None for name in taken)

    @cached_property
    def _near_holders(self) -> frozenset[ScopeRef]:
        """The functions that get a request's instance, and their classes: methods share it."""
        holders = self._program.additions.holders
        classes = map(self._program.evaluator.classes.class_of, holders)
        return frozenset((*holders, *(cls for cls in classes if cls is not None)))

    @cached_property
    def _starts_of(self) -> dict[ScopeRef, list[Start]]:
        found: dict[ScopeRef, list[Start]] = {}
        for start in self._starts:
            found.setdefault(start.function, []).append(start)
        return found

    @cached_property
    def _starts(self) -> tuple[Start, ...]:
        return tuple(
            start
            for ref, call in self._program.calls
            if not self._program.is_test(ref.path)
            for start in self._coroutines(ref, call)
            if not self._is_waited_for(start.call)
        ) + tuple(
            start
            for handed in self._handed
            for thing in self._program.value(handed.function)
            for start in self._function(handed.call, thing, handed.arguments)
        )

    def _coroutines(self, ref: NodeRef, call: facts.Call) -> Iterator[Start]:
        things = self._program.value(ref._replace(node=call.function))
        starts = any(known.is_external(thing, known.STARTS_COROUTINE) for thing in things)
        if starts or self._is_method_of_loop(ref, call, _CREATES):
            yield from self._coroutine(ref, call)

    @cached_property
    def _handed(self) -> tuple[Handed, ...]:
        """The functions that threads, executors and timers are given, and nobody waits for."""
        return tuple(
            handed
            for ref, call in self._program.calls
            if not self._program.is_test(ref.path)
            for handed in self._given(ref, call)
            if not self._is_waited_for(ref)
        )

    def _given(self, ref: NodeRef, call: facts.Call) -> Iterator[Handed]:
        if self._is_method_of_loop(ref, call, _CALLS_LATER):
            yield from _positional(ref, call.arguments[1:])
        for thing in self._program.value(ref._replace(node=call.function)):
            name = thing.name if isinstance(thing, External) else ""
            if name in known.THREADS:
                yield from self._thread(ref, call)
            elif name.endswith(".run_in_executor"):
                yield from _positional(ref, call.arguments[1:])
            elif name in known.SUBMITS:
                yield from _positional(ref, call.arguments)

    def _is_method_of_loop(self, ref: NodeRef, call: facts.Call, names: frozenset[str]) -> bool:
        method = self._units.node(ref._replace(node=call.function))
        if not isinstance(method, facts.Attribute) or method.name not in names:
            return False
        base = self._units.node(ref._replace(node=method.base))
        name = getattr(base, "name", "")
        made = isinstance(base, facts.Call) and "loop" in self._name_of(ref, base)
        return made or (not isinstance(base, facts.Entered) and "loop" in name)

    def _name_of(self, ref: NodeRef, call: facts.Call) -> str:
        return getattr(self._units.node(ref._replace(node=call.function)), "name", "")

    def _coroutine(self, ref: NodeRef, call: facts.Call) -> Iterator[Start]:
        for argument in call.arguments[:1]:
            made = ref._replace(node=argument.value)
            for site in self._program.binder.sites(made)[0]:
                scope = self._units.scope(site.function)
                if site.how == "forward" or (site.how == "call" and scope.is_async):
                    yield Start(ref, made, site.function)

    def _thread(self, ref: NodeRef, call: facts.Call) -> Iterator[Handed]:
        """`Thread(target=f, args=…)`, `Timer(seconds, f, args)`."""
        names = [argument.keyword or _ORDER.get(n) for n, argument in enumerate(call.arguments)]
        values = (argument.value for argument in call.arguments)
        given = dict(zip(names, values, strict=True))
        target = given.get("target", given.get("function"))
        if target is None:
            return
        items = self._units.node(ref._replace(node=given.get("args", target)))
        handed = items.items if isinstance(items, facts.Collection) else ()
        arguments = tuple(ref._replace(node=item) for item in handed)
        yield Handed(ref, ref._replace(node=target), arguments)

    def _is_add_task(self, function: NodeRef) -> bool:
        """Return whether a function is the `add_task` of a request's instance."""
        node = self._units.node(function)
        if not isinstance(node, facts.Attribute) or node.name != "add_task":
            return False
        return self._is_request_owned(function._replace(node=node.base))

    def _function(
        self, ref: NodeRef, thing: Thing, arguments: tuple[NodeRef, ...]
    ) -> Iterator[Start]:
        match thing:
            case Function(ref=scope):
                yield Start(ref, ref, scope, arguments)
            case Method(function=scope):
                yield Start(ref, ref, scope, arguments, bound=1)
            case Partial(function=inner):
                yield from self._function(ref, inner, ())

    def _handed_to_threads(self) -> Iterator[NodeRef]:
        """Yield the calls that add tasks to an injected instance which a thread is given."""
        for start in self._starts:
            parameters = self._units.scope(start.function).parameters[start.bound :]
            for parameter, argument in zip(parameters, start.arguments, strict=False):
                if self._is_request_owned(argument):
                    yield from self._program.additions.below((start.function, parameter.name))

    def _is_request_owned(self, ref: NodeRef) -> bool:
        return bool(self._program.instances.injected_parameters(ref))

    # Waiting

    def _is_waited_for(self, ref: NodeRef) -> bool:
        """Return whether something may wait for what a call starts."""
        users = self._units.users(ref)
        events = [event for _, event in users.events.get(ref.node, ())]
        if not all(isinstance(event, (facts.Evaluated, facts.Condition)) for event in events):
            return True
        if self._program.links.reads.get(ref):
            return True
        return any(self._waits(ref, number) for number in users.nodes.get(ref.node, ()))

    def _waits(self, ref: NodeRef, user: int) -> bool:
        node = self._units.node(ref._replace(node=user))
        match node:
            case facts.Attribute(name=name):
                return name in _WAITS
            case facts.Call(function=function) if function != ref.node:
                return not self._is_kept_for_ever(ref._replace(node=function))
            case facts.Tested():
                return False
        return True

    def _is_kept_for_ever(self, method: NodeRef) -> bool:
        """Return whether a call only puts the task into a collection of the module or an object."""
        node = self._units.node(method)
        if not isinstance(node, facts.Attribute) or node.name not in _KEEPS:
            return False
        base = self._units.node(method._replace(node=node.base))
        return isinstance(base, (facts.Free, facts.Attribute))


def _positional(ref: NodeRef, arguments: tuple[facts.Argument, ...]) -> Iterator[Handed]:
    if arguments and not any(argument.star or argument.keyword for argument in arguments):
        values = tuple(ref._replace(node=argument.value) for argument in arguments)
        yield Handed(ref, values[0], values[1:])
